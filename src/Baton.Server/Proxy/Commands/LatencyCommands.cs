using System.Buffers;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>LATENCY over several shards: an event of one name is one event, whichever shard had it.</summary>
internal static class LatencyCommands
{
    /// <summary>A server keeps as many samples of an event.</summary>
    private const int MaxSamples = 160;

    /// <summary>LATENCY LATEST: <c>[event, seconds, latest, largest]</c>, and from Redis 8 a sum and a count.</summary>
    public static CommandOutcome Latest(ClientSession session, CommandFrame command) => FanOutCommands.ToAll(session, command, static (parts, output) =>
        Rows(parts).OrderBy(static row => row.Elements[1].Integer).GroupBy(static row => row.Elements[0].Text).Select(MergeLatest).WriteAs(parts, output));

    /// <summary>LATENCY HISTORY: <c>[seconds, milliseconds]</c>, one row for a second: the slowest.</summary>
    public static CommandOutcome History(ClientSession session, CommandFrame command) => FanOutCommands.ToAll(session, command, static (parts, output) =>
        Rows(parts).GroupBy(static row => row.Elements[0].Integer).OrderBy(static second => second.Key)
            .Select(static second => second.MaxBy(static row => row.Elements[1].Integer)!).TakeLast(MaxSamples).WriteAs(parts, output));

    /// <summary>LATENCY HISTOGRAM: <c>command -> {calls, histogram_usec -> {bound -> calls up to it}}</c>, added up.</summary>
    public static CommandOutcome Histogram(ClientSession session, CommandFrame command) => FanOutCommands.ToAll(session, command, static (parts, output) =>
        Rows(parts).Chunk(2).GroupBy(static pair => pair[0].Text)
            .SelectMany(static same => new[] { same.First()[0], MergeHistograms([.. same.Select(static pair => pair[1])]) })
            .WriteAs(parts, output));

    private static IEnumerable<ReplyValue> Rows(IReadOnlyList<MergePart> parts) =>
        parts.SelectMany(static part => ReplyValue.Parse(part.Frame).Elements);

    private static void WriteAs(this IEnumerable<ReplyValue> rows, IReadOnlyList<MergePart> parts, IBufferWriter<byte> output) =>
        ReplyValue.Parse(parts[0].Frame).Of(rows).Write(output);

    private static ReplyValue MergeLatest(IEnumerable<ReplyValue> oldestFirst)
    {
        ReplyValue[] rows = [.. oldestFirst];
        ReplyValue newest = rows[^1];
        newest.Elements[3].Integer = rows.Max(static row => row.Elements[3].Integer);
        for (int added = 4; added < newest.Elements.Count; added++)
        {
            newest.Elements[added].Integer = rows.Sum(row => row.Elements[added].Integer);
        }

        return newest;
    }

    private static ReplyValue MergeHistograms(List<ReplyValue> shards)
    {
        ReplyValue merged = shards[0];
        merged.Elements[1].Integer = shards.Sum(static shard => shard.Elements[1].Integer);
        ReplyValue template = merged.Elements[3];
        SortedDictionary<long, ReplyValue> bounds = [];
        foreach (ReplyValue bound in shards.SelectMany(static shard => shard.Elements[3].Elements.Where(static (_, place) => place % 2 == 0)))
        {
            bounds.TryAdd(bound.Integer, bound);
        }

        List<ReplyValue> cells = [];
        foreach ((long bound, ReplyValue key) in bounds)
        {
            ReplyValue count = template.Elements[1].Of("");
            count.Integer = shards.Sum(shard => CallsUpTo(shard.Elements[3].Elements, bound));
            cells.AddRange([key, count]);
        }

        merged.Items![3] = template.Of(cells);
        return merged;
    }

    /// <summary>A shard names only the bounds at which its count grows.</summary>
    private static long CallsUpTo(IReadOnlyList<ReplyValue> histogram, long bound)
    {
        long calls = 0;
        for (int i = 0; i + 1 < histogram.Count && histogram[i].Integer <= bound; i += 2)
        {
            calls = histogram[i + 1].Integer;
        }

        return calls;
    }
}
