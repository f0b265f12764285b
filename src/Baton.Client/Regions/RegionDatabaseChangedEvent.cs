namespace Baton.Client;

/// <summary>Another database is in use.</summary>
/// <param name="From">The one that was.</param>
/// <param name="To">The one that is.</param>
/// <param name="Reason">Why.</param>
/// <param name="MovedCommands">Commands that waited unsent for the old one and were given to the new one.</param>
public sealed record RegionDatabaseChangedEvent(string From, string To, RegionChangeReason Reason, int MovedCommands);
