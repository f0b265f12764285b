namespace Baton.Client;

/// <summary>
/// The client's commands, with reads answered from memory where they can be: those whose reply depends on nothing but the values of their keys (GET,
/// HGETALL, ZRANGE ...; not TTL, SCAN or SRANDMEMBER). The server tells when a key changes; a value is never served after that has arrived, and
/// until it arrives the value of before is. That is one way through the network after the change, longer for a key that expires: until the server
/// notices. Everything else goes to the server as if called on the client. Thread-safe.
/// </summary>
public sealed class RedisCachedCommands : RedisCommands
{
    private readonly RedisClient _client;
    private readonly RedisCachingOptions _options;
    private readonly byte[][] _prefixes;

    internal RedisCachedCommands(RedisClient client, RedisCachingOptions options)
    {
        (_client, _options) = (client, options);
        _prefixes = [.. options.Prefixes.Select(System.Text.Encoding.UTF8.GetBytes)];
        Cache = new ReplyCache(options.MaxEntries, options.MaxBytes);
    }

    /// <summary>What the cache has done, and holds.</summary>
    public RedisCacheStatistics Statistics => Cache.Statistics;

    /// <summary>The replies.</summary>
    internal ReplyCache Cache { get; }

    /// <inheritdoc/>
    internal override long ShardMoves => _client.ShardMoves;

    /// <inheritdoc/>
    internal override ValueTask<T> SendAsync<T>(ref CommandWriter command, ReplyReader<T> reader, CancellationToken cancellationToken)
    {
        if (command.Traits != CommandTraits.ReadOnly)
        {
            return _client.SendAsync(ref command, reader, cancellationToken);
        }

        var frame = command.Finish().Span;
        if (Cache.Find(frame) is { } kept)
        {
            command.Return();
            return PendingReply<T>.TryRead(kept, reader, out var result, out var error)
                ? new ValueTask<T>(result!)
                : ValueTask.FromException<T>(error!);
        }

        var keys = CacheableCommands.Keys(frame);
        if (keys.Length == 0 || !Array.TrueForAll(keys, IsTold) || Cache.Expect(frame, keys) is not { } entry)
        {
            return _client.SendAsync(ref command, reader, cancellationToken);
        }

        command.Return();
        return _client.SendCachedAsync(this, entry, _options.Mode == RedisCachingMode.OptIn, reader, cancellationToken);
    }

    /// <summary>True when the server tells of changes to this key.</summary>
    private bool IsTold(byte[] key) =>
        _prefixes.Length == 0 || Array.Exists(_prefixes, prefix => key.AsSpan().StartsWith(prefix));
}
