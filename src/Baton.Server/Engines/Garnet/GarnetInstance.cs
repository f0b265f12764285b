using Garnet;
using Garnet.common;
using Microsoft.Extensions.Logging;

namespace Baton.Server.Engines.Garnet;

/// <summary>The embedded server's life. Its constructor, start and dispose block, so each runs on its own thread, with a bound.</summary>
internal sealed class GarnetInstance(EngineLimits limits, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private EmbeddedGarnet? _server;
    private Task _starting = Task.CompletedTask;
    private Task? _disposing;

    /// <summary>It was stopped, and has ended: its files are free. False too while its stop hangs.</summary>
    public bool IsGone
    {
        get
        {
            lock (_lock)
            {
                return _disposing is { IsCompleted: true } && _starting.IsCompleted; // a start that nobody waits for may still be under way
            }
        }
    }

    /// <summary>Builds and starts the server; recovery of its data happens inside.</summary>
    /// <exception cref="EngineException">It failed, did not read all of its log, or took longer than <see cref="EngineLimits.LoadLimit"/>.</exception>
    public async Task StartAsync(string who, Func<ILoggerFactory, EmbeddedGarnet> create, CancellationToken cancellationToken)
    {
        RecoveryTrouble trouble = new();
        _starting = OnOwnThreadAsync("garnet start", () =>
        {
            EmbeddedGarnet server = create(trouble);
            if (!TryKeep(server))
            {
                server.Dispose(); // Nobody waits for it any more: it must not live on beside the next one on the same files.
                return;
            }

            server.Start();
        });
        await WaitForStartAsync(who, cancellationToken).ConfigureAwait(false);
        if (trouble.First is { } problem)
        {
            throw new EngineException($"{who}: garnet did not read all of its data, and would overwrite it: {problem}");
        }
    }

    private bool TryKeep(EmbeddedGarnet server)
    {
        lock (_lock)
        {
            _server = _disposing is null ? server : null;
            return _server is not null;
        }
    }

    private async Task WaitForStartAsync(string who, CancellationToken cancellationToken)
    {
        try
        {
            await _starting.WaitAsync(limits.LoadLimit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new EngineException($"{who}: garnet was not ready within {limits.LoadLimit.TotalSeconds:0.#} s (LoadLimit)");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new EngineException($"{who}: garnet did not start: {exception.GetBaseException().Message}", exception);
        }
    }

    /// <summary>One section of its INFO, by field.</summary>
    public IReadOnlyDictionary<string, string> Metrics(InfoMetricsType section, int database) =>
        Server.Metrics.GetInfoMetrics(section, database).ToDictionary(item => item.Name, item => item.Value, StringComparer.Ordinal);

    /// <inheritdoc cref="EmbeddedGarnet.LoggedKeys"/>
    public IEnumerable<LoggedKey> LoggedKeys(int database) => Server.LoggedKeys(database);

    /// <summary>Puts everything acknowledged on disk.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken) =>
        await Server.Store.CommitAOFAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Stops the server. One that hangs is left on its background thread after <see cref="EngineLimits.StopLimit"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        Task disposing;
        lock (_lock)
        {
            disposing = _disposing ??= _server is { } server ? OnOwnThreadAsync("garnet stop", server.Dispose) : Task.CompletedTask;
        }

        await disposing.WaitAsync(limits.StopLimit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Interlocked.Exchange(ref _server, null) is not null)
        {
            // What is left of it is few and large; the collector would wait for much more of that, and then hand dirty memory to the next instance.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
    }

    private EmbeddedGarnet Server => _server ?? throw new EngineException("the embedded server is not running");

    private static Task OnOwnThreadAsync(string name, Action action)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception exception) // whatever an embedded engine throws must end here, not the process
            {
                done.SetException(exception);
            }
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        return done.Task;
    }
}
