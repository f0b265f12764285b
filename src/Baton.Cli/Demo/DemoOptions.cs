using Baton.Cli.Demo.Load;

namespace Baton.Cli.Demo;

/// <summary>What <c>baton demo</c> was asked for.</summary>
internal sealed record DemoOptions
{
    /// <summary><c>garnet</c> or <c>redis</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>Path of the engine's program; null = looked up on PATH.</summary>
    public string? EnginePath { get; init; }

    /// <summary><c>none</c>, <c>everysec</c> or <c>always</c>.</summary>
    public required string Persistence { get; init; }

    /// <summary>How long the load runs; the operation under way is finished.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>Nodes of the cluster.</summary>
    public required int Nodes { get; init; }

    /// <summary>Master shards of the database.</summary>
    public required int Shards { get; init; }

    /// <summary>Whether the database has replicas: the process engine's has.</summary>
    public bool HasReplicas => Engine == "redis";

    /// <summary>What the load's choices are made from.</summary>
    public required int Seed { get; init; }

    /// <summary>How much load.</summary>
    public required LoadShape Load { get; init; }

    /// <summary>Between an opening notification and its operation.</summary>
    public required TimeSpan HandoffsDelay { get; init; }

    /// <summary>Between MOVING and the end of the old proxy.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>Longest hold of a shard; then it is released on the old master and the operation tries again or rolls back.</summary>
    public required TimeSpan HoldLimit { get; init; }

    /// <summary>Where the JSON goes: a file, <c>-</c> for standard output, null for nowhere.</summary>
    public string? Json { get; init; }

    /// <summary>The quiet time before the first operation: a fifth of the whole, 3 to 10 s.</summary>
    public TimeSpan Baseline => TimeSpan.FromSeconds(Math.Clamp(Length.TotalSeconds / 5, 3, 10));

    /// <summary>Before the quiet time is measured: code is compiled and buffers grow.</summary>
    public static TimeSpan WarmUp => TimeSpan.FromSeconds(2);
}
