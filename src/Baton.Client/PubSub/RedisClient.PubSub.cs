using Baton.Protocol.Subscriptions;

namespace Baton.Client;

/// <summary>Subscriptions.</summary>
public sealed partial class RedisClient
{
    private SubscriptionHub? _subscriptions;

    /// <summary>
    /// SUBSCRIBE. Await it for the subscription, or read it at once: <c>await foreach (var message in redis.SubscribeAsync("news", ct))</c>. On a
    /// connection of its own, made for the first subscription.
    /// </summary>
    /// <param name="channel">The channel.</param>
    /// <param name="cancellationToken">Ends the wait for the server's confirmation, and reading it at once.</param>
    /// <exception cref="RedisServerException">The server refuses.</exception>
    /// <exception cref="RedisTimeoutException">No confirmation in time.</exception>
    public RedisSubscribing SubscribeAsync(RedisKey channel, CancellationToken cancellationToken = default) =>
        SubscribeAsync(SubscriptionKind.Channel, [channel], null, cancellationToken);

    /// <summary>PSUBSCRIBE: channels that match a pattern (<c>news.*</c>).</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="cancellationToken">Ends the wait for the server's confirmation, and reading it at once.</param>
    public RedisSubscribing SubscribePatternAsync(RedisKey pattern, CancellationToken cancellationToken = default) =>
        SubscribeAsync(SubscriptionKind.Pattern, [pattern], null, cancellationToken);

    /// <summary>SSUBSCRIBE: a sharded channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="cancellationToken">Ends the wait for the server's confirmation, and reading it at once.</param>
    public RedisSubscribing SubscribeShardedAsync(RedisKey channel, CancellationToken cancellationToken = default) =>
        SubscribeAsync(SubscriptionKind.Sharded, [channel], null, cancellationToken);

    /// <summary>One subscription to several channels or patterns.</summary>
    /// <param name="kind">What the names are.</param>
    /// <param name="names">At least one; the same name twice counts once.</param>
    /// <param name="options">Its queue; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait for the server's confirmation, and reading it at once.</param>
    public RedisSubscribing SubscribeAsync(
        SubscriptionKind kind, IEnumerable<RedisKey> names, RedisSubscriptionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new(Subscriptions().SubscribeAsync(kind, names, options ?? RedisSubscriptionOptions.Default, cancellationToken), cancellationToken);
    }

    /// <summary>SUBSCRIBE with a callback, called on the thread pool for one message after another.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="handler">The callback. What it throws is logged and raised as <see cref="RedisSubscription.CallbackFailed"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the server's confirmation.</param>
    public Task<RedisSubscription> SubscribeAsync(RedisKey channel, Func<RedisMessage, ValueTask> handler, CancellationToken cancellationToken = default) =>
        SubscribeAsync(SubscriptionKind.Channel, [channel], handler, null, cancellationToken);

    /// <summary>One subscription to several channels or patterns, with a callback, called on the thread pool for one message after another.</summary>
    /// <param name="kind">What the names are.</param>
    /// <param name="names">At least one; the same name twice counts once.</param>
    /// <param name="handler">The callback. What it throws is logged and raised as <see cref="RedisSubscription.CallbackFailed"/>.</param>
    /// <param name="options">Its queue; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait for the server's confirmation.</param>
    public async Task<RedisSubscription> SubscribeAsync(
        SubscriptionKind kind,
        IEnumerable<RedisKey> names,
        Func<RedisMessage, ValueTask> handler,
        RedisSubscriptionOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(handler);
        var subscription = await Subscriptions().SubscribeAsync(kind, names, options ?? RedisSubscriptionOptions.Default, cancellationToken)
            .ConfigureAwait(false);
        _ = subscription.RunAsync(handler);
        return subscription;
    }

    private SubscriptionHub Subscriptions()
    {
        if (Volatile.Read(ref _subscriptions) is { } hub)
        {
            return hub;
        }

        hub = new SubscriptionHub(_context);
        hub = Interlocked.CompareExchange(ref _subscriptions, hub, null) ?? hub;
        if (Volatile.Read(ref _isDisposed) != 0)
        {
            hub.Dispose();
        }

        return hub;
    }
}
