namespace Baton.Client;

/// <summary>What a consumer group has delivered and nobody acknowledged.</summary>
/// <param name="Count">How many entries.</param>
/// <param name="Lowest">The lowest id; null when there is none.</param>
/// <param name="Highest">The highest id; null when there is none.</param>
/// <param name="Consumers">How many for each consumer that has any.</param>
public sealed record PendingSummary(long Count, string? Lowest, string? Highest, KeyValuePair<string, long>[] Consumers);
