namespace Baton.Server.Control;

/// <summary>Every bound of the control plane. A bound that is reached fails the step with its name.</summary>
public sealed record ControlLimits
{
    /// <summary>The defaults.</summary>
    public static ControlLimits Default { get; } = new();

    /// <summary>Longest start of an engine, its data loaded. Default 120 s.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Longest orderly stop of an engine before it is stopped hard. Default 15 s.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest first copy of a replica. Default 10 minutes.</summary>
    public TimeSpan FollowLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a replica's link is looked at while it copies. Default 50 ms.</summary>
    public TimeSpan FollowPoll { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Longest copy of a shard to its target. Default 24 hours: a large one takes long, and one without progress is ended by
    /// <see cref="AttachStallLimit"/>.
    /// </summary>
    public TimeSpan AttachLimit { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Longest time a copy goes on without any progress. Default 2 minutes: the net below the mover's own bounds, which are shorter.
    /// </summary>
    public TimeSpan AttachStallLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Longest opening of a listener. Default 5 s.</summary>
    public TimeSpan ListenLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait of the first switch for code that is being compiled. Default 30 s; then it holds without.</summary>
    public TimeSpan RehearsalLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest second approach of a copied target right before its hold. Default 30 s.</summary>
    public TimeSpan ApproachLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest fence of an old master: the order, which is not given up once it is given, and its proof. Default 10 s.</summary>
    public TimeSpan FenceLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Longest time in which what clients hold is made ready on the target before a hold. Default 60 s; then the rest is done inside it.
    /// </summary>
    public TimeSpan MakeReadyLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Longest wait for what clients hold to come over after a hold. Default 15 s; then the old master is retired all the same.
    /// </summary>
    public TimeSpan CarryLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A save that takes no longer than this is quick enough for a hold. Default 20 ms.</summary>
    public TimeSpan QuickSave { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Longest wait before a hold for a store that is not quick. Default 10 s; then the shard is held all the same.</summary>
    public TimeSpan QuickSaveLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause before a store that was not quick is asked again. Default 100 ms.</summary>
    public TimeSpan QuickSavePause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait for something to end after it was cancelled. Default 10 s.</summary>
    public TimeSpan AbandonLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest single try of a step of the switch that can only go forward. Default 5 s.</summary>
    public TimeSpan ForwardLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Tries of a step of the switch that can only go forward. Default 3.</summary>
    public int ForwardTries { get; init; } = 3;

    /// <summary>
    /// Longest wait for a replica to read what its dead master had sent it. Default 2 s; then what it has is what counts.
    /// </summary>
    public TimeSpan StreamEndLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a replica is asked whether it has read its dead master's stream. Default 5 ms.</summary>
    public TimeSpan StreamEndPoll { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How often masters are asked for a sign of life. Default 500 ms.</summary>
    public TimeSpan MasterPoll { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait for one sign of life. Default 1 s; without any for <c>master_stall_limit_ms</c> the master is ended.</summary>
    public TimeSpan SignOfLifeLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Times in a row an engine's silent connections are replaced before the engine itself is ended. Default 3.</summary>
    public int SilentConnectionTries { get; init; } = 3;

    /// <summary>
    /// How many times <c>master_stall_limit_ms</c> a master may be silent whose end would lose everything: without persistence, without a replica
    /// in sync. Default 6.
    /// </summary>
    public int OnlyCopyPatience { get; init; } = 6;

    /// <summary>Time a closing listener gives its connections to get their last answers. Default 2 s.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait for the proxies to take a new snapshot. Default 5 s.</summary>
    public TimeSpan PublishLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the memory of engines that cannot refuse writes themselves is looked at. Default 200 ms.</summary>
    public TimeSpan MemoryPoll { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often the disk that embedded engines take is looked at. Default 5 s.</summary>
    public TimeSpan DiskPoll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Disk an embedded instance may take for each byte of its memory limit before it is renewed. Default 3.</summary>
    public int DiskPerByte { get; init; } = 3;

    /// <summary>Disk it may take besides: logs and half-filled files. Default 512 MiB.</summary>
    public long DiskBesides { get; init; } = 512L << 20;

    /// <summary>Pause before a state that could not be saved is tried again; doubles with each try. Default 100 ms.</summary>
    public TimeSpan SavePause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest such pause. Default 1 s: commands may be waiting for it.</summary>
    public TimeSpan SavePauseMost { get; init; } = TimeSpan.FromSeconds(1);
}
