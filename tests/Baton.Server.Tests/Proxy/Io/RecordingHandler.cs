using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;

namespace Baton.Server.Tests.Proxy.Io;

/// <summary>A handler that keeps what happened and does what a test tells it. Its tasks complete off the loop.</summary>
internal sealed class RecordingHandler(IConnection? connection = null) : IConnectionHandler
{
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<(CloseReason, string?)> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _received;
    private int _closedCalls;
    private int _endsAhead;

    public delegate void BytesAction(IConnection connection, ReadOnlySpan<byte> bytes);

    /// <summary>Set by whoever connects; known from the start when accepted.</summary>
    public IConnection Connection { get; set; } = connection!;

    public BytesAction Receiving { get; init; } = static (_, _) => { };

    public Action<IConnection> EndingInput { get; init; } = static _ => { };

    public bool KeepsAfterEndOfInput { get; init; }

    public Task Connected => _connected.Task;

    public Task Drained => _drained.Task;

    public Task<(CloseReason Reason, string? Detail)> Closed => _closed.Task;

    public int ClosedCalls => Volatile.Read(ref _closedCalls);

    public int EndsAhead => Volatile.Read(ref _endsAhead);

    public long ReceivedBytes => Interlocked.Read(ref _received);

    public void OnConnected() => _connected.TrySetResult();

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        Interlocked.Add(ref _received, bytes.Length);
        Receiving(Connection, bytes);
    }

    public bool OnEndOfInput()
    {
        EndingInput(Connection);
        return KeepsAfterEndOfInput;
    }

    public void OnEndAhead() => Interlocked.Increment(ref _endsAhead);

    public void OnOutputDrained() => _drained.TrySetResult();

    public void OnClosed(CloseReason reason, string? detail)
    {
        Interlocked.Increment(ref _closedCalls);
        _closed.TrySetResult((reason, detail));
    }
}
