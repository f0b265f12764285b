namespace Baton.Cli.Demo.Operations;

/// <summary>How one run of an operation ended.</summary>
/// <param name="Status"><c>completed</c>, <c>failed</c> or <c>unsupported</c>.</param>
/// <param name="Reason">Why not completed.</param>
/// <param name="HoldMs">The longest hold of a shard; null when nothing was held.</param>
/// <param name="Took">From the request to the last effect.</param>
internal sealed record OperationOutcome(string Status, string? Reason, double? HoldMs, TimeSpan Took);

/// <summary>What the operation under way is doing, for people.</summary>
/// <param name="Name">Which.</param>
/// <param name="Phase">The step it is in.</param>
/// <param name="Progress">0-100.</param>
internal sealed record OperationProgress(string Name, string Phase, int Progress);
