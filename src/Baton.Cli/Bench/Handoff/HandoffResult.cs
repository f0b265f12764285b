namespace Baton.Cli.Bench.Handoff;

/// <summary>What one client made of one row.</summary>
/// <param name="Row">The row's name.</param>
/// <param name="Client">The library.</param>
internal sealed record HandoffResult(string Row, string Client)
{
    /// <summary>Commands answered while the row was played.</summary>
    public int Answered { get; init; }

    /// <summary>Commands that threw.</summary>
    public int Failed { get; init; }

    /// <summary>Commands the server executed without anybody having got their reply; null where the load only reads.</summary>
    public long? ExecutedButFailed { get; init; }

    /// <summary>The longest time in which nobody was answered.</summary>
    public double LongestGapMs { get; init; }

    /// <summary>The same in the two quiet seconds before.</summary>
    public double BaselineGapMs { get; init; }

    /// <summary>99.9th percentile of the answered commands.</summary>
    public double P999Ms { get; init; }

    /// <summary>The same in the two quiet seconds before.</summary>
    public double BaselineP999Ms { get; init; }

    /// <summary>The longest time a thread that only wants to run could not: the machine's own stall.</summary>
    public double MachineStallMs { get; init; }

    /// <summary>The row's own figures.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    /// <summary>The first failure in words.</summary>
    public string? FirstFailure { get; init; }

    /// <summary>Why the row could not be played; null when it was.</summary>
    public string? NotPlayedBecause { get; init; }
}
