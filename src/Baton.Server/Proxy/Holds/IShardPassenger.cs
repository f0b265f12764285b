using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// State of a session that lives on one shard instance and must travel when the shard moves: a WATCH, subscriptions, CLIENT TRACKING, MONITOR.
/// (Blocked commands travel by themselves, in their order.) Belongs to its loop's thread.
/// </summary>
internal interface IShardPassenger
{
    /// <summary>
    /// The shard has a new target, the old one is still reachable and takes no writes. Call <paramref name="done"/> once, when the state is there;
    /// at once when it is there already.
    /// </summary>
    void OnSwitch(LoopShard shard, Action done);
}
