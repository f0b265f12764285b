namespace Baton.Client;

/// <summary>An entry that was delivered and not acknowledged.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Consumer">Whose it is.</param>
/// <param name="Idle">Time since it was delivered last.</param>
/// <param name="Deliveries">How often it was delivered.</param>
public readonly record struct PendingEntry(string Id, string Consumer, TimeSpan Idle, long Deliveries);
