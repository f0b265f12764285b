namespace Baton.Cli.Bench.Hold;

/// <summary>How <c>baton bench hold</c> measures.</summary>
internal sealed record HoldBenchOptions
{
    /// <summary>Interleaved rounds: in each, every case of every engine is moved once.</summary>
    public required int Rounds { get; init; }

    /// <summary>How many of each the clients hold.</summary>
    public required int Count { get; init; }

    /// <summary>So many writers keep the disk busy meanwhile.</summary>
    public required int DiskLoad { get; init; }

    /// <summary><c>redis</c>, <c>garnet</c>.</summary>
    public required IReadOnlyList<string> Engines { get; init; }

    /// <summary>What clients hold meanwhile.</summary>
    public required IReadOnlyList<HoldCase> Cases { get; init; }
}
