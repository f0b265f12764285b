namespace Baton.Client;

/// <summary>Other ways to begin.</summary>
public sealed partial class RedisClient
{
    /// <summary>Connects: <c>await using var redis = await RedisClient.ConnectAsync("redis://localhost:6379");</c></summary>
    /// <param name="connectionString">See <see cref="RedisClientOptions.Parse"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ArgumentException">The text cannot be read, or an option has a value it cannot have.</exception>
    /// <exception cref="RedisConnectFailedException">No connection; the text says where, why and what to do.</exception>
    public static Task<RedisClient> ConnectAsync(string connectionString, CancellationToken cancellationToken = default) =>
        ConnectAsync(RedisClientOptions.Parse(connectionString), cancellationToken);

    /// <summary>
    /// A client that connects in the background, again and again until it works. Commands wait for the connection, each within its limit
    /// (<see cref="RedisClientOptions.CommandTimeout"/>).
    /// </summary>
    /// <param name="options">Where to, and how.</param>
    /// <exception cref="ArgumentException">An option has a value it cannot have.</exception>
    public static RedisClient Create(RedisClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var client = new RedisClient(options);
        client._slot.BeginConnecting();
        return client;
    }

    /// <summary>The same from a connection string.</summary>
    /// <param name="connectionString">See <see cref="RedisClientOptions.Parse"/>.</param>
    /// <exception cref="ArgumentException">The text cannot be read, or an option has a value it cannot have.</exception>
    public static RedisClient Create(string connectionString) => Create(RedisClientOptions.Parse(connectionString));
}
