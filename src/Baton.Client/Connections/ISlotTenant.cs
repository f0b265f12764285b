namespace Baton.Client;

/// <summary>
/// Whose connections a slot holds when they carry more than commands (subscriptions): each connection then has an outbox of its own, nothing is
/// sent again by itself, and a handoff overlaps. Must not block.
/// </summary>
internal interface ISlotTenant
{
    /// <summary>A connection is about to be the current one; gives its outbox.</summary>
    Outbox Serve(RedisConnection connection);

    /// <summary>Gets a greeted connection ready to take over, while the current one serves.</summary>
    /// <exception cref="RedisConnectFailedException">It cannot be done within <paramref name="limit"/>; the current one serves on.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task PrepareAsync(RedisConnection next, TimeSpan limit, CancellationToken cancellationToken);

    /// <summary>Completes when the current connection is not needed any more: the prepared one has taken over.</summary>
    Task LeaveAsync(RedisConnection old);

    /// <summary>A connection has ended, whichever it was.</summary>
    void OnEnded(RedisConnection connection);
}
