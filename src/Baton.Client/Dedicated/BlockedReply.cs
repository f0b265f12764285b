namespace Baton.Client;

/// <summary>What came of one attempt of a blocking command.</summary>
/// <typeparam name="T">What its reply becomes.</typeparam>
/// <param name="WasUnblocked">True when it ended empty because the client asked for it: it goes on elsewhere.</param>
/// <param name="Value">Its reply otherwise.</param>
internal readonly record struct BlockedReply<T>(bool WasUnblocked, T Value);
