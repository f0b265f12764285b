namespace Baton.Client;

/// <summary>How one subscription behaves. Immutable.</summary>
public sealed record RedisSubscriptionOptions
{
    /// <summary>The defaults.</summary>
    public static RedisSubscriptionOptions Default { get; } = new();

    /// <summary>Most messages that wait for the reader. Default: 10 000.</summary>
    public int QueueLimit { get; init; } = 10_000;

    /// <summary>What happens to a message beyond it. Default: <see cref="SubscriptionQueuePolicy.DropOldest"/>.</summary>
    public SubscriptionQueuePolicy WhenFull { get; init; } = SubscriptionQueuePolicy.DropOldest;

    internal void Validate() => RedisClientOptions.Check(QueueLimit > 0, nameof(QueueLimit), "must be at least 1");
}
