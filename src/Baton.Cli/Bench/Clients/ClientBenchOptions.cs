namespace Baton.Cli.Bench.Clients;

/// <summary>How <c>baton bench client</c> measures.</summary>
internal sealed record ClientBenchOptions
{
    /// <summary>Interleaved rounds; medians are over them.</summary>
    public required int Rounds { get; init; }

    /// <summary>How long one leg (one client, one test, one number of callers, one round) is measured.</summary>
    public required double SecondsPerLeg { get; init; }

    /// <summary>Numbers of callers on the one connection.</summary>
    public IReadOnlyList<int> Callers { get; } = [1, 16, 64, 256];
}
