using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.Movers;

/// <summary>Reads and writes values with the commands of their type, for engines whose DUMP does not fit each other.</summary>
internal sealed class TypedValues(DatabaseLink source, DatabaseLink target, MoverLimits limits)
{
    private readonly FieldExpiry _fields = new(source, target);

    /// <summary>Adds the command that reads a small value whole; one command per key, whatever its type.</summary>
    /// <exception cref="EngineException">The target has no such type; the message names key and type.</exception>
    public RespBatch AddRead(RespBatch reads, int database, CopiedKey key) => key.Type switch
    {
        "string" => reads.Command("GET", 1).Argument(key.Key),
        "list" => reads.Command("LRANGE", 3).Argument(key.Key).Argument(0).Argument(-1),
        "hash" => reads.Command("HGETALL", 1).Argument(key.Key),
        "set" => reads.Command("SMEMBERS", 1).Argument(key.Key),
        "zset" => reads.Command("ZRANGE", 4).Argument(key.Key).Argument(0).Argument(-1).Argument("WITHSCORES"),
        "none" => reads.Command("EXISTS", 1).Argument(key.Key), // gone; the reply is not used, but each key has one
        _ => throw new EngineException(
            $"key {CopiedKey.Name(key.Key)} of database {database} is a {key.Type}, and {target.Engine.Capabilities.DisplayName} "
            + $"cannot take it over from {source.Engine.Capabilities.DisplayName}: delete it, or move to the same kind of engine"),
    };

    /// <summary>Adds the commands that make the target's key equal to what was read.</summary>
    public void AddWrite(TargetWrites writes, CopiedKey key, RespReply value)
    {
        RespBatch batch = writes.For(key.Key);
        if (key.Type == "string" && value.Bytes is not null)
        {
            batch.Command("SET", 2).Argument(key.Key).Argument(value.Bytes);
        }
        else
        {
            batch.Command("DEL", 1).Argument(key.Key);
            AddElements(batch, key, value.Items ?? []);
        }

        AddExpiry(batch, key);
    }

    /// <summary>Adds the times to live of hash fields, where the source has such.</summary>
    public Task AddFieldExpiryAsync(
        int database, List<CopiedKey> keys, RespReply[] values, TargetWrites writes, CancellationToken cancellationToken) =>
        _fields.AddAsync(
            database,
            [.. keys.Zip(values).Where(pair => pair.First.Type == "hash" && pair.Second.Items is { Length: > 0 })
                .Select(pair => (pair.First.Key, FieldNames(pair.Second.Items!)))],
            writes,
            cancellationToken);

    /// <summary>Copies one big value piece by piece, so that neither engine stops for it. False: it changed its type meanwhile.</summary>
    public async Task<bool> CopyInPiecesAsync(int database, CopiedKey key, CancellationToken cancellationToken)
    {
        TargetWrites writes = new();
        writes.For(key.Key).Command("DEL", 1).Argument(key.Key);
        string position = "0";
        while (true)
        {
            RespReply[] replies = await source
                .SendAsync(database, AddPiece(new RespBatch(), key, position), cancellationToken).ConfigureAwait(false);
            if (replies[0].IsError)
            {
                return KeyCopier.IsOtherType(replies[0])
                    ? false
                    : throw new EngineException($"{source.Engine.Spec}: reading key {CopiedKey.Name(key.Key)} failed: {replies[0].Text}");
            }

            (RespReply[] elements, string? next) = Piece(key, position, replies[0]);
            AddPieceWrite(writes.For(key.Key), key, replies[0], elements);
            if (key.Type == "hash" && elements.Length > 0)
            {
                await _fields.AddAsync(database, [(key.Key, FieldNames(elements))], writes, cancellationToken).ConfigureAwait(false);
            }

            await writes.SendAsync(target, database, cancellationToken).ConfigureAwait(false);
            if (next is null)
            {
                break;
            }

            position = next;
        }

        AddExpiry(writes.For(key.Key), key);
        await writes.SendAsync(target, database, cancellationToken).ConfigureAwait(false);
        return true;
    }

    // Of field, value, field, value ...
    private static byte[][] FieldNames(RespReply[] pairs) => [.. pairs.Where((_, index) => index % 2 == 0).Select(item => item.Bytes!)];

    private static void AddExpiry(RespBatch batch, CopiedKey key)
    {
        if (key.ExpiresAt is { } expiresAt)
        {
            batch.Command("PEXPIREAT", 2).Argument(key.Key).Argument(expiresAt);
        }
    }

    private RespBatch AddPiece(RespBatch batch, CopiedKey key, string position) => key.Type switch
    {
        "string" => batch.Command("GETRANGE", 3).Argument(key.Key).Argument(position).Argument(Number(position) + limits.BigValueBytes - 1),
        "list" => batch.Command("LRANGE", 3).Argument(key.Key).Argument(position).Argument(Number(position) + limits.ElementsPerPiece - 1),
        "hash" => AddScan(batch, "HSCAN", key, position),
        "set" => AddScan(batch, "SSCAN", key, position),
        "zset" => AddScan(batch, "ZSCAN", key, position),
        _ => throw new EngineException($"a {key.Type} has no pieces"),
    };

    private RespBatch AddScan(RespBatch batch, string command, CopiedKey key, string cursor) =>
        batch.Command(command, 4).Argument(key.Key).Argument(cursor).Argument("COUNT").Argument(limits.ElementsPerPiece);

    // The elements of a piece and where the next begins; null when it was the last.
    private (RespReply[] Elements, string? Next) Piece(CopiedKey key, string position, RespReply reply)
    {
        switch (key.Type)
        {
            case "string":
                int length = reply.Bytes?.Length ?? 0;
                return ([], length < limits.BigValueBytes ? null : Text(Number(position) + length));
            case "list":
                RespReply[] items = reply.Items ?? [];
                return (items, items.Length < limits.ElementsPerPiece ? null : Text(Number(position) + items.Length));
            default:
                string cursor = reply.Items![0].Text;
                return (reply.Items[1].Items ?? [], cursor == "0" ? null : cursor);
        }
    }

    private void AddPieceWrite(RespBatch batch, CopiedKey key, RespReply reply, RespReply[] elements)
    {
        if (key.Type == "string")
        {
            batch.Command("APPEND", 2).Argument(key.Key).Argument(reply.Bytes);
        }
        else
        {
            AddElements(batch, key, elements);
        }
    }

    // In commands of bounded length: one collection can have millions of elements.
    private void AddElements(RespBatch batch, CopiedKey key, RespReply[] elements)
    {
        int perCommand = limits.ElementsPerPiece * 2; // even, so that pairs stay together
        for (int start = 0; start < elements.Length; start += perCommand)
        {
            RespReply[] part = elements[start..Math.Min(elements.Length, start + perCommand)];
            string command = key.Type switch { "list" => "RPUSH", "hash" => "HSET", "set" => "SADD", _ => "ZADD" };
            batch.Command(command, part.Length + 1).Argument(key.Key);
            for (int i = 0; i < part.Length; i++)
            {
                // Read as member, score; written as score, member.
                batch.Argument(part[key.Type == "zset" ? i ^ 1 : i].Bytes);
            }
        }
    }

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
