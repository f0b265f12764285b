using System.Collections.Concurrent;
using System.Net;
using Baton.Protocol.Commands;
using Baton.Server.Engines;

namespace Baton.TestKit.Control;

/// <summary>An engine that holds a number instead of data. What goes wrong, and when, is up to the test. Thread-safe.</summary>
public sealed class FakeEngine(ShardSpec spec, EngineKind kind, int port, bool isHeard = true) : IShardEngine
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

    /// <summary>What replicas have said to have.</summary>
    public ConcurrentDictionary<string, long> Acknowledged { get; } = new();

    /// <summary>What a probe says it uses.</summary>
    public long UsedMemoryBytes { get; set; }

    /// <summary>Ends it as if it had crashed.</summary>
    public void Die(string reason) => _died.TrySetResult(reason);

    /// <summary>It becomes a master.</summary>
    public void Promote() => Master = null;

    /// <summary>How often it was probed.</summary>
    public int Probes { get; private set; }

    /// <summary>How far its data goes.</summary>
    public long Offset { get; set; }

    /// <summary>While set it answers nothing.</summary>
    public bool IsStalled { get; set; }

    /// <summary>While set a script keeps it busy.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Its end never comes.</summary>
    public bool StopsHang { get; init; }

    /// <inheritdoc/>
    public TimeSpan? ProcessorTime { get; set; }

    /// <summary>What an order to be master fails with; null = it is taken.</summary>
    public string? PromotionFault { get; set; }

    /// <inheritdoc/>
    public async Task<EngineHealth> ProbeAsync(CancellationToken cancellationToken)
    {
        if (IsStalled)
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }

        if (IsBusy)
        {
            throw new EngineException("BUSY Redis is busy running a script.") { IsBusy = true };
        }

        Probes++;
        bool linked = Master is { Died.IsCompleted: false };
        return new EngineHealth(Master is null, UsedMemoryBytes, 0, Offset, linked) { Acknowledged = Acknowledged };
    }

    /// <inheritdoc/>
    public Task PromoteAsync(CancellationToken cancellationToken)
    {
        if (PromotionFault is { } fault)
        {
            throw new EngineException(fault);
        }

        Promote();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task EndAsync(string reason)
    {
        Die(reason);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task FollowAsync(IShardEngine master, CancellationToken cancellationToken)
    {
        Master = master;
        ((FakeEngine)master).Acknowledged[Address.ToString()!] = isHeard ? long.MaxValue : 0;
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
        return StopsHang ? new TaskCompletionSource().Task : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        IsStopped = true;
        return StopsHang ? new ValueTask(new TaskCompletionSource().Task) : ValueTask.CompletedTask;
    }
}
