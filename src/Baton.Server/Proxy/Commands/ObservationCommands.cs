using System.Buffers;
using System.Globalization;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>What the shards' engines tell of themselves, as one server would tell it.</summary>
internal static class ObservationCommands
{
    /// <summary>As many entries SLOWLOG GET gives when it does not say.</summary>
    private const int SlowLogEntries = 10;

    private static readonly string[] SummedRatios = ["dataset.percentage", "peak.percentage"];

    /// <summary>
    /// SLOWLOG GET: the newest of all shards. Each shard counts its own entries, so that a number would stand for several; they become
    /// <c>number * shards + place of the shard</c>, which grows with each shard's and is no other's.
    /// </summary>
    public static CommandOutcome SlowLog(ClientSession session, CommandFrame command)
    {
        long wanted = command.Count > 2 && command.TryInteger(2, out long told) ? told : SlowLogEntries;
        return FanOutCommands.ToAll(session, command, (parts, output) => MergeSlowLog(parts, wanted, output));
    }

    /// <summary>LATENCY DOCTOR, MEMORY DOCTOR ...: texts for people, one after the other unless all say the same.</summary>
    public static CommandOutcome Texts(ClientSession session, CommandFrame command) =>
        FanOutCommands.ToAll(session, command, MergeTexts, oneIsEnough: true);

    /// <summary>MEMORY STATS: sums; what is a share of something is computed again from them.</summary>
    public static CommandOutcome MemoryStats(ClientSession session, CommandFrame command) => FanOutCommands.ToAll(session, command, MergeStats);

    /// <summary>FUNCTION STATS: libraries are the same on every shard; a function runs on one.</summary>
    public static CommandOutcome FunctionStats(ClientSession session, CommandFrame command) => FanOutCommands.ToAll(session, command, MergeFunctions);

    private static void MergeSlowLog(IReadOnlyList<MergePart> parts, long wanted, IBufferWriter<byte> output)
    {
        List<(ReplyValue Entry, int Place)> all = [];
        for (int place = 0; place < parts.Count; place++)
        {
            foreach (ReplyValue entry in ReplyValue.Parse(parts[place].Frame).Elements)
            {
                entry.Elements[0].Integer = (entry.Elements[0].Integer * parts.Count) + place;
                all.Add((entry, place));
            }
        }

        IEnumerable<ReplyValue> newest = all.OrderByDescending(static each => each.Entry.Elements[1].Integer)
            .ThenByDescending(static each => each.Entry.Elements[0].Integer).Select(static each => each.Entry);
        ReplyValue.Parse(parts[0].Frame).Of(wanted < 0 ? newest : newest.Take((int)Math.Min(wanted, int.MaxValue))).Write(output);
    }

    private static void MergeTexts(IReadOnlyList<MergePart> parts, IBufferWriter<byte> output)
    {
        ReplyValue first = ReplyValue.Parse(parts[0].Frame);
        string[] texts = [.. parts.Select(static part => ReplyValue.Parse(part.Frame).Text)];
        string merged = texts.Distinct().Count() == 1
            ? texts[0]
            : string.Join("\n\n", parts.Zip(texts, static (part, text) => $"Shard {part.Shard}:\n{text.TrimEnd()}"));
        first.Of(merged).Write(output);
    }

    private static void MergeFunctions(IReadOnlyList<MergePart> parts, IBufferWriter<byte> output)
    {
        ReplyValue[] replies = [.. parts.Select(static part => ReplyValue.Parse(part.Frame))];
        (Array.Find(replies, static reply => reply.Elements.Count > 1 && reply.Elements[1].Items is not null) ?? replies[0]).Write(output);
    }

    private static void MergeStats(IReadOnlyList<MergePart> parts, IBufferWriter<byte> output)
    {
        ReplyValue[] replies = [.. parts.Select(static part => ReplyValue.Parse(part.Frame))];
        ReplyValue sum = replies[0];
        foreach (ReplyValue reply in replies[1..])
        {
            AddPairs(sum, reply);
        }

        // What was added up and is no sum: ratios are the mean, shares follow from the sums.
        foreach ((string name, ReplyValue value) in Pairs(sum))
        {
            if (value.Kind is (byte)',' or (byte)'$' && !SummedRatios.Contains(name) && TryNumber(value, out double ratio))
            {
                SetNumber(value, ratio / replies.Length);
            }
        }

        Dictionary<string, ReplyValue> by = Pairs(sum).ToDictionary(static pair => pair.Name, static pair => pair.Value);
        double net = Number(by, "total.allocated") - Number(by, "startup.allocated");
        SetNumber(by.GetValueOrDefault("dataset.percentage"), net > 0 ? 100 * Number(by, "dataset.bytes") / net : 0);
        SetNumber(by.GetValueOrDefault("peak.percentage"), 100 * Number(by, "total.allocated") / Math.Max(1, Number(by, "peak.allocated")));
        if (by.GetValueOrDefault("keys.bytes-per-key") is { } perKey)
        {
            perKey.Integer = Number(by, "keys.count") is > 0 and double keys ? (long)(net / keys) : 0;
        }

        sum.Write(output);
    }

    /// <summary>Adds numbers of the same name; a name only the other has (a numbered database) is put at the end.</summary>
    private static void AddPairs(ReplyValue sum, ReplyValue other)
    {
        Dictionary<string, ReplyValue> known = Pairs(sum).ToDictionary(static pair => pair.Name, static pair => pair.Value);
        for (int i = 0; i + 1 < other.Elements.Count; i += 2)
        {
            ReplyValue value = other.Elements[i + 1];
            if (!known.TryGetValue(other.Elements[i].Text, out ReplyValue? total))
            {
                sum.Items!.AddRange([other.Elements[i], value]);
            }
            else if (total.Items is not null)
            {
                AddPairs(total, value);
            }
            else if (total.Kind == (byte)':')
            {
                total.Integer += value.Integer;
            }
            else if (TryNumber(total, out double left) && TryNumber(value, out double right))
            {
                SetNumber(total, left + right);
            }
        }
    }

    private static IEnumerable<(string Name, ReplyValue Value)> Pairs(ReplyValue map) =>
        map.Elements.Chunk(2).Where(static pair => pair.Length == 2).Select(static pair => (pair[0].Text, pair[1]));

    private static double Number(Dictionary<string, ReplyValue> by, string name) =>
        by.TryGetValue(name, out ReplyValue? value) && TryNumber(value, out double number) ? number : 0;

    private static bool TryNumber(ReplyValue value, out double number) =>
        double.TryParse(value.Bytes, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static void SetNumber(ReplyValue? value, double number)
    {
        if (value is not null)
        {
            value.Bytes = System.Text.Encoding.ASCII.GetBytes(number.ToString("R", CultureInfo.InvariantCulture));
        }
    }
}
