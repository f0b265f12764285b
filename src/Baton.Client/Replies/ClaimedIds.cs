namespace Baton.Client;

/// <summary>What XAUTOCLAIM ... JUSTID gave.</summary>
/// <param name="Next">Where the next call begins; <c>0-0</c> when everything was looked at.</param>
/// <param name="Ids">The ids of the entries that are the consumer's now.</param>
public sealed record ClaimedIds(string Next, string[] Ids);
