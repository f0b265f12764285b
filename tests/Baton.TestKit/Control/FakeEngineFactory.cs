using System.Collections.Concurrent;
using Baton.Server.Engines;

namespace Baton.TestKit.Control;

/// <summary>Starts <see cref="FakeEngine"/>s and remembers them by instance. Thread-safe.</summary>
public sealed class FakeEngineFactory(EngineKind kind) : IEngineFactory
{
    private int _port = 30_000;

    /// <inheritdoc/>
    public EngineKind Kind => kind;

    /// <summary>Every engine started, the latest per instance.</summary>
    public ConcurrentDictionary<long, FakeEngine> Started { get; } = new();

    /// <summary>Replicas started from now on never say to their master how far they are.</summary>
    public bool HearsNothing { get; set; }

    /// <summary>When set: what a start fails with, or null to let it be.</summary>
    public Func<ShardSpec, string?> Fault { get; set; } = _ => null;

    /// <summary>A start never ends, and does not heed its token.</summary>
    public bool Hangs { get; set; }

    /// <summary>A stop of those started from now on never ends, and does not heed its token.</summary>
    public bool StopsHang { get; set; }

    /// <inheritdoc/>
    public Task<IShardEngine> StartAsync(ShardSpec spec, CancellationToken cancellationToken)
    {
        if (Hangs)
        {
            return new TaskCompletionSource<IShardEngine>().Task;
        }

        if (Fault(spec) is { } fault)
        {
            throw new EngineException(fault);
        }

        FakeEngine engine = new(spec, kind, Interlocked.Increment(ref _port), isHeard: !HearsNothing) { StopsHang = StopsHang };
        Started[spec.InstanceId] = engine;
        return Task.FromResult<IShardEngine>(engine);
    }
}
