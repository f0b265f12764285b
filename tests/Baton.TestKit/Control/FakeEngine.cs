using System.Net;
using Baton.Protocol.Commands;
using Baton.Server.Engines;

namespace Baton.TestKit.Control;

/// <summary>An engine that holds a number instead of data. What goes wrong, and when, is up to the test. Thread-safe.</summary>
public sealed class FakeEngine(ShardSpec spec, EngineKind kind, int port) : IShardEngine
{
    private readonly TaskCompletionSource<string> _died = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public ShardSpec Spec { get; } = spec;

    /// <inheritdoc/>
    public EndPoint Address { get; } = new IPEndPoint(IPAddress.Loopback, port);

    /// <inheritdoc/>
    public EngineCapabilities Capabilities { get; } = new(
        kind, $"fake {kind}", new CommandTable([]), Replication: kind == EngineKind.Redis, FullDump: true, ClientTracking: true,
            ScriptsInMulti: true);

    /// <inheritdoc/>
    public Task<string> Died => _died.Task;

    /// <inheritdoc/>
    public ShardSettings Settings { get; private set; } = spec.Settings.WithoutConfiguration();

    /// <summary>What <see cref="ConfigureAsync"/> fails with, or null.</summary>
    public string? RefusesSettings { get; set; }

    /// <summary>Whom it follows, or null.</summary>
    public IShardEngine? Master { get; private set; }

    /// <summary>It was stopped or disposed.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>What a probe says it uses.</summary>
    public long UsedMemoryBytes { get; set; }

    /// <summary>Ends it as if it had crashed.</summary>
    public void Die(string reason) => _died.TrySetResult(reason);

    /// <summary>It becomes a master.</summary>
    public void Promote() => Master = null;

    /// <inheritdoc/>
    public Task<EngineHealth> ProbeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new EngineHealth(Master is null, UsedMemoryBytes, 0, 0, Master is not null));

    /// <inheritdoc/>
    public Task FollowAsync(IShardEngine master, CancellationToken cancellationToken)
    {
        Master = master;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ConfigureAsync(ShardSettings settings, CancellationToken cancellationToken)
    {
        if (RefusesSettings is { } refusal)
        {
            throw new EngineException(refusal);
        }

        Settings = settings;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        IsStopped = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        IsStopped = true;
        return ValueTask.CompletedTask;
    }
}
