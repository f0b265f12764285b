using Baton.Cli.Demo.Operations;

namespace Baton.Cli.Demo.View;

/// <summary>What a view shows at one moment.</summary>
internal sealed record DemoFigures
{
    /// <summary>What the demo is doing: starting, baseline, operations, reading back.</summary>
    public required string Stage { get; init; }

    /// <summary>Since the load began.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Commands answered per second since the last moment.</summary>
    public required double CommandsPerSecond { get; init; }

    /// <summary>Commands answered, all.</summary>
    public required long Commands { get; init; }

    /// <summary>Latencies since the last moment.</summary>
    public LatencyFigures? Now { get; init; }

    /// <summary>Latencies in the quiet time.</summary>
    public LatencyFigures? Baseline { get; init; }

    /// <summary>Notifications received by type.</summary>
    public required IReadOnlyDictionary<string, long> Notifications { get; init; }

    /// <summary>The operation under way.</summary>
    public OperationProgress? Operation { get; init; }

    /// <summary>The operations so far.</summary>
    public required IReadOnlyList<OperationTotals> Operations { get; init; }

    /// <summary>Failed, lost, duplicated, out of order, disconnected.</summary>
    public required VerdictCounts Counts { get; init; }
}

/// <summary>What must all be zero.</summary>
/// <param name="Failed">Commands that ended with an error or without a reply.</param>
/// <param name="Lost">See <see cref="Model.FindingKind.Lost"/>.</param>
/// <param name="Duplicated">See <see cref="Model.FindingKind.Duplicated"/>.</param>
/// <param name="OutOfOrder">See <see cref="Model.FindingKind.OutOfOrder"/>.</param>
/// <param name="UnannouncedDisconnects">Connections the server closed without MOVING, or before the announced time.</param>
internal sealed record VerdictCounts(long Failed, long Lost, long Duplicated, long OutOfOrder, long UnannouncedDisconnects)
{
    /// <summary>Whether they all are.</summary>
    public bool AllZero => Failed == 0 && Lost == 0 && Duplicated == 0 && OutOfOrder == 0 && UnannouncedDisconnects == 0;
}
