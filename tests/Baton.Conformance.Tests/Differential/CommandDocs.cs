using Baton.TestKit.Resp;

namespace Baton.Conformance.Tests.Differential;

/// <summary>One argument as COMMAND DOCS describes it.</summary>
/// <param name="Type">key, string, integer, double, pattern, unix-time, pure-token, oneof, block.</param>
/// <param name="Name">As in the documentation.</param>
/// <param name="Token">The word that stands before it, or is it.</param>
/// <param name="IsOptional">May be left out.</param>
/// <param name="IsMultiple">May be repeated.</param>
/// <param name="RepeatsToken">Its token is repeated with it.</param>
/// <param name="Parts">Of oneof and block.</param>
public sealed record Argument(
    string Type, string Name, string? Token, bool IsOptional, bool IsMultiple, bool RepeatsToken, IReadOnlyList<Argument> Parts);

/// <summary>One command as COMMAND DOCS describes it.</summary>
/// <param name="Words">Its name, and that of the subcommand.</param>
/// <param name="Group">string, list, sorted-set ...</param>
/// <param name="Arguments">In their order.</param>
public sealed record DocumentedCommand(string[] Words, string Group, IReadOnlyList<Argument> Arguments)
{
    /// <summary>In upper case.</summary>
    public string Name => string.Join(' ', Words).ToUpperInvariant();
}

/// <summary>Reads the reply of COMMAND DOCS, in RESP2.</summary>
public static class CommandDocs
{
    /// <summary>Every command; of containers their subcommands.</summary>
    public static IReadOnlyList<DocumentedCommand> Read(RespValue reply) => [.. Pairs(reply).SelectMany(pair => Commands(pair.Key, pair.Value))
        .OrderBy(command => command.Name, StringComparer.Ordinal)];

    private static IEnumerable<DocumentedCommand> Commands(string name, RespValue about)
    {
        var fields = Pairs(about).ToDictionary();
        if (fields.TryGetValue("subcommands", out var subcommands))
        {
            return Pairs(subcommands).SelectMany(pair => Commands(pair.Key, pair.Value));
        }

        return [new DocumentedCommand(name.Split('|'), fields["group"].Text!, Arguments(fields))];
    }

    private static IReadOnlyList<Argument> Arguments(Dictionary<string, RespValue> fields) =>
        fields.TryGetValue("arguments", out var arguments) ? [.. arguments.Items!.Select(item => Argument(Pairs(item).ToDictionary()))] : [];

    private static Argument Argument(Dictionary<string, RespValue> fields)
    {
        HashSet<string> flags = fields.TryGetValue("flags", out var list) ? [.. list.Items!.Select(flag => flag.Text!)] : [];
        return new Argument(
            fields["type"].Text!, fields["name"].Text!, fields.GetValueOrDefault("token")?.Text, flags.Contains("optional"),
            flags.Contains("multiple"), flags.Contains("multiple_token"), Arguments(fields));
    }

    private static IEnumerable<KeyValuePair<string, RespValue>> Pairs(RespValue list) =>
        list.Items!.Chunk(2).Select(pair => KeyValuePair.Create(pair[0].Text!, pair[1]));
}
