using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// State of a session that lives on one shard instance and must travel when the shard moves: a blocked command, a WATCH, subscriptions, tracking,
/// MONITOR. Belongs to its loop's thread.
/// </summary>
internal interface IShardPassenger
{
    /// <summary>The gate closed: a blocked command asks the old master to let go.</summary>
    void OnHold(LoopHold hold);

    /// <summary>The shard has a new target, the old one is still reachable. Call <paramref name="done"/> once, when the state is there.</summary>
    void OnSwitch(LoopShard shard, Action done);

    /// <summary>The gate opens; <paramref name="switched"/>: to another instance.</summary>
    void OnRelease(bool switched);
}
