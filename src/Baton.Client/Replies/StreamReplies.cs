using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>Replies of stream commands.</summary>
internal static class StreamReplies
{
    private static readonly ReplyReader<KeyValuePair<string, byte[]>[]> EntryFields = PairReplies.Of(ReplyReaders.Text, ReplyReaders.Bytes);
    private static readonly ReplyReader<KeyValuePair<string, long>[]> CountsByName = PairReplies.Of(ReplyReaders.Text, ReplyReaders.Int64);

    /// <summary><c>[id, [field, value ...]]</c>; Redis before 7 also writes null for a deleted entry.</summary>
    public static readonly ReplyReader<StreamEntry> Entry = ReadEntry;

    /// <summary>Entries; null is none.</summary>
    public static readonly ReplyReader<StreamEntry[]> Entries = ReplyReaders.ArrayOf(Entry);

    /// <summary>By stream: <c>[[key, entries] ...]</c>, a map in RESP3; null is none.</summary>
    public static readonly ReplyReader<StreamEntries[]> ByKey =
        PairReplies.Of(ReplyReaders.Key, Entries, static (key, entries) => new StreamEntries(key, entries));

    /// <summary>The same of one stream.</summary>
    public static readonly ReplyReader<StreamEntry[]> OfOneKey = static (ref RespReader reply) =>
        ByKey(ref reply) is [var only, ..] ? only.Entries : [];

    /// <summary>XCLAIM: deleted ones, which Redis before 7 writes as null, left out.</summary>
    public static readonly ReplyReader<StreamEntry[]> Claimed = static (ref RespReader reply) =>
        Array.FindAll(Entries(ref reply), static entry => entry.Id.Length > 0);

    /// <summary>XAUTOCLAIM: <c>[next, entries, [deleted id ...]]</c>, the last since Redis 7.</summary>
    public static readonly ReplyReader<ClaimedEntries> AutoClaimed = static (ref RespReader reply) =>
    {
        reply.Require(2, "claimed entries");
        var hasDeleted = reply.Count > 2;
        var next = reply.Next(ReplyReaders.Text);
        var entries = reply.Next(Claimed);
        return new ClaimedEntries(next, entries, hasDeleted ? reply.Next(ReplyReaderFor<string>.Array) : []);
    };

    /// <summary>XAUTOCLAIM ... JUSTID: <c>[next, [id ...], [deleted id ...]]</c></summary>
    public static readonly ReplyReader<ClaimedIds> AutoClaimedIds = PairReplies.Whole(static (ref RespReader reply) =>
    {
        reply.Require(2, "claimed ids");
        var next = reply.Next(ReplyReaders.Text);
        return new ClaimedIds(next, reply.Next(ReplyReaderFor<string>.Array));
    });

    /// <summary>XPENDING key group: <c>[count, lowest, highest, [[consumer, count] ...]]</c></summary>
    public static readonly ReplyReader<PendingSummary> Pending = static (ref RespReader reply) =>
    {
        reply.Require(4, "a summary of pending entries");
        var count = reply.Next(ReplyReaders.Int64);
        var lowest = reply.Next(ReplyReaders.NullableText);
        var highest = reply.Next(ReplyReaders.NullableText);
        return new PendingSummary(count, lowest, highest, reply.Next(CountsByName));
    };

    /// <summary>XPENDING with a range: <c>[[id, consumer, idle, deliveries] ...]</c></summary>
    public static readonly ReplyReader<PendingEntry[]> PendingEntries = ReplyReaders.ArrayOf(PairReplies.Whole(ReadPendingEntry));

    /// <summary>XINFO STREAM.</summary>
    public static readonly ReplyReader<StreamInfo> Info = static (ref RespReader reply) =>
    {
        var fields = RedisReply.Read(ref reply);
        return new StreamInfo(
            fields.Number("length"),
            fields.Number("groups"),
            fields.Text("last-generated-id"),
            fields.NumberOrNull("entries-added"),
            ToEntry(fields.Find("first-entry")),
            ToEntry(fields.Find("last-entry")));
    };

    /// <summary>XINFO GROUPS.</summary>
    public static readonly ReplyReader<StreamGroupInfo[]> Groups = ReplyReaders.ArrayOf(static (ref RespReader reply) =>
    {
        var fields = RedisReply.Read(ref reply);
        return new StreamGroupInfo(
            fields.Text("name"),
            fields.Number("consumers"),
            fields.Number("pending"),
            fields.Text("last-delivered-id"),
            fields.NumberOrNull("entries-read"),
            fields.NumberOrNull("lag"));
    });

    /// <summary>XINFO CONSUMERS.</summary>
    public static readonly ReplyReader<StreamConsumerInfo[]> Consumers = ReplyReaders.ArrayOf(static (ref RespReader reply) =>
    {
        var fields = RedisReply.Read(ref reply);
        return new StreamConsumerInfo(
            fields.Text("name"), fields.Number("pending"), fields.Milliseconds("idle") ?? default, fields.Milliseconds("inactive"));
    });

    private static StreamEntry ReadEntry(ref RespReader reply)
    {
        if (reply.IsNull)
        {
            return new StreamEntry("", null);
        }

        reply.Require(2, "an entry of a stream");
        var more = reply.Count - 2;
        var id = reply.Next(ReplyReaders.Text);
        reply.Read();
        var fields = reply.IsNull ? null : EntryFields(ref reply);
        for (; more > 0; more--)
        {
            reply.Read();
            reply.SkipChildren();
        }

        return new StreamEntry(id, fields);
    }

    private static PendingEntry ReadPendingEntry(ref RespReader reply)
    {
        reply.Require(4, "a pending entry");
        var id = reply.Next(ReplyReaders.Text);
        var consumer = reply.Next(ReplyReaders.Text);
        var idle = reply.Next(ReplyReaders.Int64);
        return new PendingEntry(id, consumer, TimeSpan.FromMilliseconds(idle), reply.Next(ReplyReaders.Int64));
    }

    private static StreamEntry? ToEntry(RedisReply? reply)
    {
        if (reply is not { Items: [var id, var fields] })
        {
            return null;
        }

        var pairs = new KeyValuePair<string, byte[]>[fields.Items.Count / 2];
        for (var index = 0; index < pairs.Length; index++)
        {
            pairs[index] = new(fields.Items[index * 2].AsString()!, fields.Items[(index * 2) + 1].AsBytes()!.Value.ToArray());
        }

        return new StreamEntry(id.AsString()!, pairs);
    }
}
