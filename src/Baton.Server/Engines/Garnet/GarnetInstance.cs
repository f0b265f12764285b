using Garnet;
using Garnet.common;

namespace Baton.Server.Engines.Garnet;

/// <summary>The embedded server's life. Its constructor, start and dispose block, so each runs on its own thread, with a bound.</summary>
internal sealed class GarnetInstance(EngineLimits limits, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private EmbeddedGarnet? _server;
    private Task? _disposing;

    /// <summary>It was stopped, and has ended: its files are free. False too while its stop hangs.</summary>
    public bool IsGone
    {
        get
        {
            lock (_lock)
            {
                return _disposing is { IsCompleted: true };
            }
        }
    }

    /// <summary>Builds and starts the server; recovery of its data happens inside.</summary>
    /// <exception cref="EngineException">It failed, or took longer than <see cref="EngineLimits.LoadLimit"/>.</exception>
    public async Task StartAsync(string who, Func<EmbeddedGarnet> create, CancellationToken cancellationToken)
    {
        Task starting = OnOwnThreadAsync("garnet start", () =>
        {
            EmbeddedGarnet server = create();
            lock (_lock)
            {
                _server = server;
            }

            server.Start();
        });
        try
        {
            await starting.WaitAsync(limits.LoadLimit, time, cancellationToken).ConfigureAwait(false);
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
