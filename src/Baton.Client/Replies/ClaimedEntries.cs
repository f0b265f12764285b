namespace Baton.Client;

/// <summary>What XAUTOCLAIM gave.</summary>
/// <param name="Next">Where the next call begins; <c>0-0</c> when everything was looked at.</param>
/// <param name="Entries">The entries that are the consumer's now.</param>
/// <param name="Deleted">Ids that were pending although their entries were deleted; no longer (Redis 7).</param>
public sealed record ClaimedEntries(string Next, StreamEntry[] Entries, string[] Deleted);
