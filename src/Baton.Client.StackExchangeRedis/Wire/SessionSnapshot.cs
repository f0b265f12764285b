using System.Collections.Immutable;

namespace Baton.Client.StackExchangeRedis;

/// <summary>What a connection was told, at one moment.</summary>
/// <param name="Version">Grows with every change.</param>
/// <param name="Entries">In the order to be told.</param>
/// <param name="Subscriptions">What is subscribed.</param>
internal sealed record SessionSnapshot(int Version, ImmutableArray<SessionEntry> Entries, ImmutableHashSet<Subscription> Subscriptions);
