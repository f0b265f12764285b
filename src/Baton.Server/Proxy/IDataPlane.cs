using System.Net;
using Baton.Protocol.Maintenance;
using Baton.Server.Engines;
using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy;

/// <summary>
/// What the control loop may ask of the proxies. Thread-safe. The data path never writes cluster state; it answers by completing tasks.
/// </summary>
public interface IDataPlane : IAsyncDisposable
{
    /// <summary>
    /// Replaces the snapshot on every loop. A shard under hold keeps its old target until <see cref="IShardHold.SwitchAsync"/>.
    /// </summary>
    Task PublishAsync(ProxySnapshot snapshot);

    /// <summary>Opens the database's listener on a node; completes when it accepts. Port 0 = any free; returns the bound address.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address is taken or not allowed.</exception>
    Task<IPEndPoint> OpenListenerAsync(int databaseUid, int nodeUid, IPEndPoint address);

    /// <summary>
    /// Stops accepting on the database's listener on a node, drains its connections (no new commands are read, what is in flight is
    /// answered,
    /// blocked commands are unblocked with nil) for at most <paramref name="drainLimit"/>, then closes them. Completes when the last
    /// one is closed. One that was told of more time by MOVING, up to a second or so, is served until that is over.
    /// </summary>
    Task CloseListenerAsync(int databaseUid, int nodeUid, CloseReason reason, TimeSpan drainLimit);

    /// <summary>Announces an opener to every opted-in connection it concerns, now and to each later opt-in until it is closed.</summary>
    /// <returns>How many connections were told now.</returns>
    Task<int> OpenWindowAsync(MaintenanceWindow window);

    /// <summary>
    /// Ends a window; <paramref name="closer"/> goes to every opted-in connection of the database, null = say nothing (MOVING).
    /// </summary>
    Task<int> CloseWindowAsync(int databaseUid, long openerSequence, MaintenanceNotification? closer);

    /// <summary>Starts to record written keys of a shard, on every loop, before it completes.</summary>
    Task<IWriteTap> AttachTapAsync(int shardUid);

    /// <summary>
    /// Before a hold: makes ready on the target what clients hold on a shard (scripts, subscriptions), a slice at a time. Completes when little is
    /// left; the more is ready, the shorter is the hold. Asked again it looks for what came since.
    /// </summary>
    /// <param name="shardUid">The shard.</param>
    /// <param name="target">Where it will be.</param>
    /// <param name="hearsSource">What is published on the master is heard on the target too.</param>
    Task MakeReadyAsync(int shardUid, ShardTarget target, bool hearsSource) => Task.CompletedTask;

    /// <summary>
    /// Closes the hold on a shard: no loop sends it another command, what is in flight is answered, what is blocked stays so.
    /// Completes when nothing is in flight anywhere.
    /// </summary>
    /// <exception cref="TimeoutException">Not within <paramref name="limit"/>; the hold has been released.</exception>
    Task<IShardHold> HoldAsync(int shardUid, TimeSpan limit, CancellationToken cancellationToken);

    /// <summary>What the connections to one instance of a shard have said, over all loops.</summary>
    Task<ShardSilence> SilenceAsync(int shardUid, long instanceId);

    /// <summary>
    /// Closes the connections to an instance that have owed a reply without a byte for <paramref name="atLeast"/>: what was sent on them has an
    /// unknown outcome, and what comes goes over new ones.
    /// </summary>
    /// <returns>How many were closed.</returns>
    Task<int> GiveUpSilentAsync(int shardUid, long instanceId, TimeSpan atLeast);

    /// <summary>Connections, commands, notifications so far.</summary>
    DataPlaneStatistics Statistics { get; }
}

/// <summary>How quiet an engine is towards its clients.</summary>
/// <param name="Longest">How long the quietest connection that is owed a reply has heard nothing; zero when none is owed.</param>
/// <param name="SinceHeard">How long ago any connection heard something; the longest time there is when there is none.</param>
public readonly record struct ShardSilence(TimeSpan Longest, TimeSpan SinceHeard);

/// <summary>
/// A closed hold. Releases itself on the old master when its limit passes before <see cref="SwitchAsync"/> was called;
/// <see cref="Expired"/> tells, and a later <see cref="SwitchAsync"/> throws <see cref="TimeoutException"/>.
/// </summary>
public interface IShardHold : IAsyncDisposable
{
    /// <summary>How long commands have been waiting so far; final once released.</summary>
    TimeSpan Elapsed { get; }

    /// <summary>Fires at the limit: the hold released itself, or, when it was committed, its owner should go back or be done.</summary>
    CancellationToken Expired { get; }

    /// <summary>
    /// From here on the hold does not release itself: the caller is about to fence the old master and to make the switch durable. False: too
    /// late, it has expired.
    /// </summary>
    bool TryCommit();

    /// <summary>
    /// Points every loop at the new target. Completes when all loops are done, and the little that was not made ready before is.
    /// </summary>
    Task SwitchAsync(ShardTarget target, CancellationToken cancellationToken);

    /// <summary>Lets held commands go, in order, to the current target. Disposing does the same.</summary>
    Task ReleaseAsync();

    /// <summary>
    /// After the release: completes when the old master is not needed any more: subscriptions drained, WATCHes and blocked commands come over,
    /// tracking on again.
    /// </summary>
    Task Carried => Task.CompletedTask;
}

/// <summary>An opener that is still open.</summary>
/// <param name="DatabaseUid">Whose clients.</param>
/// <param name="NodeUid">Only connections that came in through this node (MOVING), or null for all.</param>
/// <param name="Opener">What to send.</param>
/// <param name="Deadline">When its time runs out, on the TimeProvider's UTC clock; the seconds sent are what is left, at least 1, and kept.</param>
public sealed record MaintenanceWindow(int DatabaseUid, int? NodeUid, MaintenanceNotification Opener, DateTimeOffset Deadline);

/// <summary>Counters since start.</summary>
/// <param name="Connections">Open client connections.</param>
/// <param name="OptedIn">Of these, how many asked for maintenance notifications.</param>
/// <param name="Commands">Commands answered.</param>
/// <param name="NotificationsSent">Maintenance pushes sent.</param>
/// <param name="ClosedBy">Connections closed, by reason.</param>
/// <param name="Turns">The longest turn of any loop, and how many of all loops took more than 10 ms.</param>
/// <param name="BufferedBytes">Bytes in large buffers of the process.</param>
public sealed record DataPlaneStatistics(
    long Connections,
    long OptedIn,
    long Commands,
    long NotificationsSent,
    IReadOnlyDictionary<CloseReason, long> ClosedBy,
    LoopTurns Turns = default,
    long BufferedBytes = 0)
{
    /// <summary>Shared upstream connections given up because an engine took them for another database's, protocol's or user's.</summary>
    public long ChangedLanes { get; init; }
}
