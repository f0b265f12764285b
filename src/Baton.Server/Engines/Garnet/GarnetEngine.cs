using System.Net;
using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.Garnet;

/// <summary>A shard in an embedded Garnet instance. Thread-safe.</summary>
internal sealed class GarnetEngine(
    ShardSpec spec,
    IPEndPoint address,
    EngineCapabilities capabilities,
    GarnetInstance instance,
    EngineControl control,
    EngineControl life,
    GarnetUsage usage)
    : IShardEngine
{
    private readonly TaskCompletionSource<string> _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ShardSettings _settings = spec.Settings.WithoutConfiguration();

    /// <inheritdoc/>
    public ShardSpec Spec => spec;

    /// <inheritdoc/>
    public EndPoint Address => address;

    /// <inheritdoc/>
    public EngineCapabilities Capabilities => capabilities;

    /// <inheritdoc/>
    public ShardSettings Settings => _settings;

    /// <summary>Never completes by itself: the instance ends with this process or by order.</summary>
    public Task<string> Died => _died.Task;

    /// <inheritdoc/>
    public async Task<EngineHealth> ProbeAsync(CancellationToken cancellationToken)
    {
        (long keys, long bytes) = await usage.ReadAsync(cancellationToken).ConfigureAwait(false);
        return new EngineHealth(IsMaster: true, bytes, keys, ReplicationOffset: -1, LinkUp: false);
    }

    /// <summary>On a connection of its own: what is known of the usage is no answer of now, and counting it can take long.</summary>
    public async Task<EngineHealth> SignOfLifeAsync(CancellationToken cancellationToken)
    {
        await life.SendAsync(new RespBatch().Add("PING"), cancellationToken).ConfigureAwait(false);
        return new EngineHealth(IsMaster: true, UsedMemoryBytes: 0, Keys: 0, ReplicationOffset: -1, LinkUp: false);
    }

    /// <inheritdoc/>
    public IEnumerable<LoggedKey> LoggedKeys(int database) => instance.LoggedKeys(database);

    /// <summary>
    /// The size is in force at once: it is the proxies that refuse writes over it. The memory of the log is chosen at the start; what does
    /// not fit into it is in files, so a larger size is slower, not smaller, until the shard moves.
    /// </summary>
    public async Task ConfigureAsync(ShardSettings settings, CancellationToken cancellationToken)
    {
        usage.Limit = settings.MemoryLimitBytes;
        ShardSettings before = _settings;
        _settings = settings with { Configuration = before.Configuration };
        await ClientSettings.ApplyAsync(control, spec, before, settings, cancellationToken).ConfigureAwait(false);
        _settings = settings;
    }

    /// <inheritdoc/>
    public Task FollowAsync(IShardEngine master, CancellationToken cancellationToken) =>
        throw new EngineException($"{spec} cannot follow {master.Spec}: {capabilities.DisplayName} has no replicas; use --engine redis");

    /// <inheritdoc/>
    public Task PromoteAsync(CancellationToken cancellationToken) => Task.CompletedTask; // It is never anything else.

    /// <inheritdoc/>
    public async Task EndAsync(string reason)
    {
        await DisposeAsync().ConfigureAwait(false);
        _died.TrySetResult(reason);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (spec.Persistence != PersistenceMode.None)
        {
            await instance.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await control.DisposeAsync().ConfigureAwait(false);
        await life.DisposeAsync().ConfigureAwait(false);
        await instance.DisposeAsync().ConfigureAwait(false);
        usage.Dispose();
    }
}
