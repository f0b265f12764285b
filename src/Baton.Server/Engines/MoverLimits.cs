namespace Baton.Server.Engines;

/// <summary>Every bound of a move. A bound that is reached fails the step by its name here and leaves the source serving.</summary>
public sealed record MoverLimits
{
    /// <summary>The defaults.</summary>
    public static MoverLimits Default { get; } = new();

    /// <summary>Longest wait for one answer of an engine. Default 5 s.</summary>
    public TimeSpan CommandLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Longest time for which both sides of a switch expire and evict nothing, so that only one makes the events of it. Default 10 s; a switch takes
    /// milliseconds, and when it hangs the engines go on by themselves.
    /// </summary>
    public TimeSpan RestLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Copy: longest wait for one answer of the source, which may have to read a whole batch of values from a busy disk. Default 60 s.
    /// </summary>
    public TimeSpan ReadLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Longest attach, however steadily it goes on. Default 24 h: what is large takes long, and what makes no progress is ended by
    /// <see cref="StallLimit"/>.
    /// </summary>
    public TimeSpan AttachLimit { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Longest wait for a script that keeps the source from answering (<c>-BUSY</c>). Default 30 s.</summary>
    public TimeSpan BusyLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause before a busy source is asked again. Default 20 ms.</summary>
    public TimeSpan BusyPoll { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Longest time an attach may go without any progress. Default 30 s.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Replication: how many bytes of the stream may be missing when an attach returns. Default 64 KiB.</summary>
    public long NearBytes { get; init; } = 64 * 1024;

    /// <summary>Copy: how many written keys may be waiting when an attach returns. Default 64.</summary>
    public int NearKeys { get; init; } = 64;

    /// <summary>Copy: how often written keys are copied again before an attach returns with more than that left. Default 20.</summary>
    public int MaxCatchUpRounds { get; init; } = 20;

    /// <summary>Copy: how often a write to the whole keyspace may restart the copy. Default 3.</summary>
    public int MaxRestarts { get; init; } = 3;

    /// <summary>Copy: keys read in one round trip. Default 512.</summary>
    public int KeysPerBatch { get; init; } = 512;

    /// <summary>Copy: elements of one collection read in one round trip; larger ones travel in pieces. Default 1,000.</summary>
    public int ElementsPerPiece { get; init; } = 1000;

    /// <summary>Copy: values above this many bytes travel one at a time. Default 1 MiB.</summary>
    public long BigValueBytes { get; init; } = 1024 * 1024;
}
