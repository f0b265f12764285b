namespace Baton.Client;

/// <summary>HyperLogLogs: how many different elements, about.</summary>
public abstract partial class RedisCommands
{
    /// <summary>PFADD: whether the estimate has changed.</summary>
    public ValueTask<bool> PfAddAsync(RedisKey key, ReadOnlySpan<RedisValue> elements, CancellationToken cancellationToken = default) =>
        ValuesAsync("PFADD"u8, CommandTraits.None, key, elements, ReplyReaders.Boolean, cancellationToken);

    /// <summary>PFCOUNT: about how many different elements there are in all of them together (standard error 0.81 %).</summary>
    public ValueTask<long> PfCountAsync(ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default) =>
        OnKeysAsync("PFCOUNT"u8, CommandTraits.ReadOnly, keys, ReplyReaders.Int64, cancellationToken);

    /// <summary>PFMERGE: <paramref name="destination"/> has counted what any of them has.</summary>
    public ValueTask<bool> PfMergeAsync(RedisKey destination, ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("PFMERGE"u8);
        command.Add(destination);
        command.Add(keys);
        return SendAsync(ref command, ReplyReaders.Ok, cancellationToken);
    }
}
