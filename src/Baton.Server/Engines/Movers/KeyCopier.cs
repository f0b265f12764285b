using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.Movers;

/// <summary>
/// Copies keys as they are now from one engine to another: value, type, time to live. What is gone on the source is removed on the target.
/// A key that changes while it is read may arrive torn; its writer recorded it, and it is copied again. One caller at a time.
/// </summary>
/// <remarks>
/// Per batch of keys, each line one round trip:
/// <code>
/// source  TYPE k, PEXPIRETIME k                                      ...
/// source  STRLEN | LLEN | HLEN | SCARD | ZCARD                       ...
/// source  DUMP                (both engines have it for every type)  | GET | LRANGE | HGETALL | SMEMBERS | ZRANGE WITHSCORES
/// target  RESTORE REPLACE ABSTTL                                     | DEL, SET | RPUSH | HSET | SADD | ZADD, PEXPIREAT
/// </code>
/// Big values travel one at a time and in pieces.
/// </remarks>
internal sealed class KeyCopier(DatabaseLink source, DatabaseLink target, MoverLimits limits)
{
    private readonly TypedValues _typed = new(source, target, limits);
    private readonly bool _useDump = source.Engine.Capabilities.FullDump && target.Engine.Capabilities.FullDump;

    /// <summary>Copies the keys.</summary>
    /// <returns>Those whose type changed while they were read: they must be copied again.</returns>
    /// <exception cref="EngineException">A value the target cannot hold (named), or an engine that failed.</exception>
    public async Task<List<byte[]>> CopyAsync(int database, IReadOnlyList<byte[]> keys, CancellationToken cancellationToken)
    {
        List<byte[]> again = [];
        CopiedKey[] known = await DescribeAsync(database, keys, cancellationToken).ConfigureAwait(false);
        foreach (List<CopiedKey> slice in Slices(known.Where(key => !key.IsBig(limits))))
        {
            await CopySmallAsync(database, slice, again, cancellationToken).ConfigureAwait(false);
        }

        foreach (CopiedKey key in known.Where(key => key.IsBig(limits)))
        {
            if (!await _typed.CopyInPiecesAsync(database, key, cancellationToken).ConfigureAwait(false))
            {
                again.Add(key.Key);
            }
        }

        return again;
    }

    private async Task<CopiedKey[]> DescribeAsync(int database, IReadOnlyList<byte[]> keys, CancellationToken cancellationToken)
    {
        RespBatch batch = new();
        foreach (byte[] key in keys)
        {
            batch.Command("TYPE", 1).Argument(key).Command("PEXPIRETIME", 1).Argument(key);
        }

        RespReply[] replies = await source.SendAsync(database, batch, cancellationToken).ConfigureAwait(false);
        CopiedKey[] known = new CopiedKey[keys.Count];
        batch.Clear();
        for (int i = 0; i < known.Length; i++)
        {
            long expiresAt = replies[2 * i + 1].Integer ?? throw Failed("PEXPIRETIME", replies[2 * i + 1]);
            known[i] = new CopiedKey(keys[i], replies[2 * i].Text, expiresAt >= 0 ? expiresAt : null);
            if (known[i].SizeCommand is { } command)
            {
                batch.Command(command, 1).Argument(keys[i]);
            }
        }

        replies = await source.SendAsync(database, batch, cancellationToken).ConfigureAwait(false);
        for (int i = 0, reply = 0; i < known.Length; i++)
        {
            if (known[i].SizeCommand is not null)
            {
                known[i] = known[i] with { Size = replies[reply++].Integer ?? 0 }; // another type by now: read as small, and noticed there
            }
        }

        return known;
    }

    private IEnumerable<List<CopiedKey>> Slices(IEnumerable<CopiedKey> keys)
    {
        List<CopiedKey> slice = [];
        long weight = 0;
        foreach (CopiedKey key in keys)
        {
            if (slice.Count > 0 && weight + key.Weight > limits.BigValueBytes)
            {
                yield return slice;
                (slice, weight) = ([], 0);
            }

            slice.Add(key);
            weight += key.Weight;
        }

        if (slice.Count > 0)
        {
            yield return slice;
        }
    }

    private async Task CopySmallAsync(int database, List<CopiedKey> slice, List<byte[]> again, CancellationToken cancellationToken)
    {
        RespBatch reads = new();
        foreach (CopiedKey key in slice)
        {
            _ = _useDump ? reads.Command("DUMP", 1).Argument(key.Key) : _typed.AddRead(reads, database, key);
        }

        RespReply[] values = await source.SendAsync(database, reads, cancellationToken).ConfigureAwait(false);
        TargetWrites writes = new();
        for (int i = 0; i < slice.Count; i++)
        {
            if (values[i].IsError)
            {
                again.Add(IsOtherType(values[i]) ? slice[i].Key : throw Failed(slice[i].Type, values[i]));
            }
            else if (_useDump)
            {
                AddRestore(writes, slice[i], values[i]);
            }
            else
            {
                _typed.AddWrite(writes, slice[i], values[i]);
            }
        }

        if (!_useDump)
        {
            await _typed.AddFieldExpiryAsync(database, slice, values, writes, cancellationToken).ConfigureAwait(false);
        }

        await writes.SendAsync(target, database, cancellationToken).ConfigureAwait(false);
    }

    private static void AddRestore(TargetWrites writes, CopiedKey key, RespReply payload)
    {
        if (payload.Bytes is null)
        {
            writes.For(key.Key).Command("DEL", 1).Argument(key.Key);
            return;
        }

        writes.For(key.Key).Command("RESTORE", 5).Argument(key.Key).Argument(key.ExpiresAt ?? 0).Argument(payload.Bytes)
            .Argument("REPLACE").Argument("ABSTTL");
    }

    /// <summary>True when the reply says that the key has another type by now.</summary>
    internal static bool IsOtherType(RespReply reply) => reply.Text.StartsWith("WRONGTYPE", StringComparison.Ordinal);

    private EngineException Failed(string what, RespReply reply) => new($"{source.Engine.Spec}: reading {what} failed: {reply.Text}");
}
