namespace Baton.Client;

/// <summary>Other ways to begin.</summary>
public sealed partial class RedisClient : IDisposable
{
    /// <summary>Connects: <c>await using var redis = await RedisClient.ConnectAsync("redis://localhost:6379");</c></summary>
    /// <param name="connectionString">See <see cref="RedisClientOptions.Parse"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ArgumentException">The text cannot be read, or an option has a value it cannot have.</exception>
    /// <exception cref="RedisConnectFailedException">No connection; the text says where, why and what to do.</exception>
    public static Task<RedisClient> ConnectAsync(string connectionString, CancellationToken cancellationToken = default) =>
        ConnectAsync(RedisClientOptions.Parse(connectionString), cancellationToken);

    /// <summary>A client that connects in the background: commands wait for the connection, within their limits.</summary>
    /// <param name="connectionString">See <see cref="RedisClientOptions.Parse"/>.</param>
    /// <exception cref="ArgumentException">The text cannot be read, or an option has a value it cannot have.</exception>
    public static RedisClient Create(string connectionString) => Create(RedisClientOptions.Parse(connectionString));

    /// <summary>
    /// The same as <see cref="DisposeAsync"/>, for containers that end without awaiting. Nothing in it waits for the server.
    /// </summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
