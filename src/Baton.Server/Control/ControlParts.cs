using Baton.Server.Engines;
using Baton.Server.Proxy;
using Baton.Server.Store;

namespace Baton.Server.Control;

/// <summary>What a controller works with. It owns none of it but the instances it starts.</summary>
public sealed record ControlParts
{
    /// <summary>Where the state is kept.</summary>
    public required IClusterStore Store { get; init; }

    /// <summary>The proxies.</summary>
    public required IDataPlane DataPlane { get; init; }

    /// <summary>What starts engines, by the name databases use: <c>garnet</c>, <c>redis</c>.</summary>
    public required IReadOnlyDictionary<string, IEngineFactory> Engines { get; init; }

    /// <summary>The only clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Below it every instance has a directory of its own, <c>instances/ID</c>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Every bound.</summary>
    public ControlLimits Limits { get; init; } = ControlLimits.Default;

    /// <summary>Tells people what happens.</summary>
    public ControlFeed Feed { get; init; } = new();

    /// <summary>What commands are not held before: code that a switch runs is being compiled. Waited for, bounded.</summary>
    public Task BeforeFirstHold { get; init; } = Task.CompletedTask;

    /// <summary>Looks for ports other programs have.</summary>
    public IPortProbe Ports { get; init; } = new SocketPortProbe();

    /// <summary>Chooses how a shard gets from one instance to another.</summary>
    public MoverChooser Movers { get; init; } = (source, target, attachTap, time) =>
        ShardMovers.Create(source, target, attachTap, MoverLimits.Default, time);
}

/// <summary>See <see cref="ShardMovers.Create"/>.</summary>
public delegate IShardMover MoverChooser(IShardEngine source, IShardEngine target, Func<Task<IWriteTap>> attachTap, TimeProvider time);
