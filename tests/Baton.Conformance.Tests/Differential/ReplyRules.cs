using System.Text.RegularExpressions;
using Baton.TestKit.Resp;

namespace Baton.Conformance.Tests.Differential;

/// <summary>
/// Replies as text that two servers must have in common: every type byte is in it; what no two runs have in common (an order that is nobody's
/// promise, a random choice, a time, an id) is taken out by the rule of its command.
/// </summary>
public static partial class ReplyRules
{
    private delegate string Rule(RespValue frame, string[] words);

    private static readonly Dictionary<string, Rule> Rules = new(StringComparer.OrdinalIgnoreCase)
    {
        ["COMMAND"] = AnyOrder,
        ["ROLE"] = Role,
        ["DUMP"] = Dump,
        ["KEYS"] = AnyOrder,
        ["SMEMBERS"] = AnyOrder,
        ["SUNION"] = AnyOrder,
        ["SINTER"] = AnyOrder,
        ["SDIFF"] = AnyOrder,
        ["HKEYS"] = AnyOrder,
        ["HVALS"] = AnyOrder,
        ["PUBSUB CHANNELS"] = AnyOrder,
        ["PUBSUB SHARDCHANNELS"] = AnyOrder,
        ["COMMAND LIST"] = AnyOrder,
        ["ACL CAT"] = AnyOrder,
        ["HGETALL"] = PairsInAnyOrder,
        ["CONFIG GET"] = PairsInAnyOrder,
        ["SCAN"] = Kind,
        ["SSCAN"] = Scan,
        ["HSCAN"] = Scan,
        ["ZSCAN"] = Scan,
        ["SPOP"] = Shape,
        ["SRANDMEMBER"] = Shape,
        ["HRANDFIELD"] = Shape,
        ["ZRANDMEMBER"] = Shape,
        ["RANDOMKEY"] = Shape,
        ["TIME"] = Shape,
        ["ACL GENPASS"] = Shape,
        ["CLIENT ID"] = Shape,
        ["LASTSAVE"] = Shape,
        ["TTL"] = Sign,
        ["PTTL"] = Sign,
        ["EXPIRETIME"] = Sign,
        ["PEXPIRETIME"] = Sign,
        ["OBJECT IDLETIME"] = Kind,
        ["OBJECT FREQ"] = Sign,
        ["MEMORY USAGE"] = Sign,
        ["SLOWLOG GET"] = Kind,
        ["SLOWLOG LEN"] = Kind,
        ["LATENCY HISTOGRAM"] = Kind,
        ["INFO"] = Fields,
        ["CLIENT LIST"] = Fields,
        ["CLIENT INFO"] = Fields,
        ["HELLO"] = Greeting,
    };

    /// <summary>The frames of an answer as one text.</summary>
    public static string Text(Answer answer)
    {
        var about = answer.Step.About;
        var rule = RuleOf(about);
        var isWrapped = answer.Step.Words is ["EXEC"] && about is not ["EXEC"];
        if (answer.Frames.Count > 1 && about is [var name, ..] && name.EndsWith("unsubscribe", StringComparison.OrdinalIgnoreCase))
        {
            return string.Join(' ', answer.Frames.Select(frame => Exact(frame, about)).SelectMany(frame => frame.Split(' ')).Order(StringComparer.Ordinal));
        }

        return string.Join(' ', answer.Frames.Select(frame => isWrapped && frame.Items is [var only] ? $"*[{rule(only, about)}]" : rule(frame, about)));
    }

    private static Rule RuleOf(string[] words) =>
        words.Length > 1 && Rules.TryGetValue($"{words[0]} {words[1]}", out var rule) || words.Length > 0 && Rules.TryGetValue(words[0], out rule)
            ? rule
            : Exact;

    private static string Exact(RespValue frame, string[] words) => Write(frame, text => StreamId().Replace(text, "<id>"), items => items);

    private static string AnyOrder(RespValue frame, string[] words) => Write(frame, text => text, items => [.. items.Order(StringComparer.Ordinal)]);

    private static string PairsInAnyOrder(RespValue frame, string[] words) => Write(
        frame, text => text, items => [.. items.Chunk(2).Select(pair => string.Join("=>", pair)).Order(StringComparer.Ordinal)]);

    // Where a scan stands after a part is the server's own affair, and so is which part it gave.
    private static string Scan(RespValue frame, string[] words)
    {
        var isWhole = words.Contains("0") && !words.Contains("COUNT") && frame.Items is [{ Text: "0" }, _];
        return frame.Items is not [_, var part] ? Exact(frame, words) : isWhole ? $"*[$0 {AnyOrder(part, words)}]" : $"*[$<cursor> {Kind(part, words)}]";
    }

    private static string Shape(RespValue frame, string[] words) => frame.IsError ? Exact(frame, words) : Write(frame, _ => "?", items => items);

    // How far replication has come is each server's own.
    private static string Role(RespValue frame, string[] words) => frame.Items is [var role, { Kind: ':' }, var replicas]
        ? $"*[{Exact(role, words)} :<offset> {Exact(replicas, words)}]"
        : Exact(frame, words);

    // A set is written in the order of its table.
    private static string Dump(RespValue frame, string[] words) => words.Contains("{t}set") ? Kind(frame, words) : Exact(frame, words);

    private static string Kind(RespValue frame, string[] words) => frame.IsError ? Exact(frame, words) : $"{frame.Kind}?";

    private static string Sign(RespValue frame, string[] words) => frame is { Kind: ':', Integer: > 0 } ? ":<positive>" : Exact(frame, words);

    // Names without values: server:..., name=...
    private static string Fields(RespValue frame, string[] words) => frame.Text is { } text && !frame.IsError
        ? $"{frame.Kind}{string.Join(' ', FieldName().Matches(frame.Kind == '=' ? text[4..] : text).Select(match => match.Value).Distinct())}"
        : Exact(frame, words);

    private static string Greeting(RespValue frame, string[] words) => Write(frame, text => Number().IsMatch(text) && text is not ("2" or "3") ? "?" : text, items => items);

    private static string Write(RespValue frame, Func<string, string> text, Func<string[], string[]> order)
    {
        if (frame.Items is { } items)
        {
            return $"{frame.Kind}[{string.Join(' ', order([.. items.Select(item => Write(item, text, order))]))}]";
        }

        return frame.Text is { } value ? $"{frame.Kind}{Quoting.QuoteAll(text(value))}" : $"{frame.Kind}null";
    }

    [GeneratedRegex(@"^1\d{12}-\d+$")]
    private static partial Regex StreamId();

    [GeneratedRegex(@"(?m)^# \w+|^\w+(?=:)|(?<=^| )[\w-]+(?==)")]
    private static partial Regex FieldName();

    [GeneratedRegex(@"^\d[\d.]*$")]
    private static partial Regex Number();
}
