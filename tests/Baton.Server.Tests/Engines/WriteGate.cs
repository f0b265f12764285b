using Baton.Server.Engines;
using Baton.Server.Engines.Wire;

namespace Baton.Server.Tests.Engines;

/// <summary>
/// The proxies' part in a move, as small as it can be: every write passes the gate, is recorded before it is sent and after its answer,
/// and waits while the gate is closed. Thread-safe.
/// </summary>
internal sealed class WriteGate
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _inFlight = [];
    private HashSet<DatabaseKey> _written = [];
    private string? _wholeKeyspace;
    private TaskCompletionSource? _closed;

    public int TapsDisposed { get; private set; }

    /// <summary>Runs a write. <paramref name="key"/> null: it concerns the whole keyspace.</summary>
    public async Task<T> WriteAsync<T>(int database, byte[]? key, string command, Func<Task<T>> send)
    {
        TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await EnterAsync(answered.Task, () => Record(database, key, command));
        try
        {
            return await send();
        }
        finally
        {
            lock (_lock)
            {
                Record(database, key, command);
                _inFlight.Remove(answered.Task);
            }

            answered.SetResult();
        }
    }

    /// <summary>Closes the gate; completes when nothing is in flight.</summary>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return Task.WhenAll(_inFlight);
        }
    }

    public void Open()
    {
        lock (_lock)
        {
            _closed?.SetResult();
            _closed = null;
        }
    }

    public Task<IWriteTap> AttachTapAsync() => Task.FromResult<IWriteTap>(new Tap(this));

    private async Task EnterAsync(Task answered, Action record)
    {
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                if (_closed is null)
                {
                    record();
                    _inFlight.Add(answered);
                    return;
                }

                wait = _closed.Task;
            }

            await wait;
        }
    }

    private void Record(int database, byte[]? key, string command)
    {
        if (key is null)
        {
            _wholeKeyspace = command;
        }
        else
        {
            _written.Add(new DatabaseKey(database, key));
        }
    }

    private sealed class Tap(WriteGate gate) : IWriteTap
    {
        public async Task<WrittenKeys> TakeAsync(CancellationToken cancellationToken)
        {
            WrittenKeys taken;
            Task answered;
            lock (gate._lock)
            {
                taken = new WrittenKeys(gate._written, gate._wholeKeyspace is not null, gate._wholeKeyspace);
                gate._written = [];
                gate._wholeKeyspace = null;
                answered = Task.WhenAll(gate._inFlight);
            }

            await answered.WaitAsync(cancellationToken);
            return taken;
        }

        public ValueTask DisposeAsync()
        {
            gate.TapsDisposed++;
            return ValueTask.CompletedTask;
        }
    }
}
