namespace Baton.Conformance.Tests.Differential;

/// <summary>Values for arguments: one that fits, and those at the edges.</summary>
public static class EdgeValues
{
    /// <summary>A key that no setup makes.</summary>
    public const string Destination = "{t}dst";

    private static readonly string Long = new('x', 1000);

    private static readonly string[] Integers =
    [
        "0", "-1", "2", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616", "+1", "01", "1.5", "abc", "",
        " 1", "1\0",
    ];

    private static readonly string[] Doubles =
        ["0", "-1.5", "nan", "inf", "-inf", "+inf", "1e400", "1e-400", "0x10", "abc", "", "(1", "1.7976931348623157e308", "0.1", "3.0"];

    private static readonly string[] Strings = ["", "0", "-1", "a", "f2", "\0\xff\r\n", "(a", "[a", "-", "+", "*", "1.5", "1-1", "$", ">", Long];

    private static readonly string[] Patterns = ["*", "?", "[a-", "[^a]*", "\\", "", "{t}*", "nothing"];

    private static readonly string[] Keys =
    [
        "{t}str", "{t}int", "{t}list", "{t}set", "{t}ints", "{t}zset", "{t}hash", "{t}geo", "{t}stream", "{t}hll", "{t}ttl", "{t}none", "{t}",
    ];

    private static readonly Dictionary<string, string> KeyOfGroup = new()
    {
        ["string"] = "{t}str",
        ["bitmap"] = "{t}str",
        ["list"] = "{t}list",
        ["set"] = "{t}set",
        ["sorted-set"] = "{t}zset",
        ["hash"] = "{t}hash",
        ["geo"] = "{t}geo",
        ["stream"] = "{t}stream",
        ["hyperloglog"] = "{t}hll",
    };

    private static readonly Dictionary<string, string> Named = new()
    {
        ["destination"] = Destination,
        ["newkey"] = Destination,
        ["member"] = "a",
        ["field"] = "f1",
        ["element"] = "a",
        ["min"] = "1",
        ["max"] = "2",
        ["start"] = "0",
        ["stop"] = "1",
        ["end"] = "1",
        ["id"] = "1-1",
        ["timeout"] = "0.01",
        ["milliseconds"] = "10000",
        ["seconds"] = "100",
        ["index"] = "0",
        ["numkeys"] = "1",
        ["count"] = "1",
        ["cursor"] = "0",
        ["longitude"] = "13.4",
        ["latitude"] = "52.5",
        ["offset"] = "0",
        ["encoding"] = "u8",
        ["operation"] = "AND",
        ["script"] = "return {1,'a',ARGV[1]}",
        ["sha1"] = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db",
        ["bit"] = "1",
        ["group"] = "g",
        ["consumer"] = "c",
        ["numreplicas"] = "0",
        ["radius"] = "100",
        ["width"] = "100",
        ["height"] = "100",
        ["serialized-value"] = "\0\0",
        ["protover"] = "2",
        ["password"] = "secret",
        ["username"] = "default",
        ["categoryname"] = "read",
        ["section"] = "server",
        ["command-name"] = "get",
    };

    /// <summary>A value the command can do something with.</summary>
    public static string Fitting(DocumentedCommand command, Argument argument) =>
        Named.TryGetValue(argument.Name, out var value) ? value : argument.Type switch
        {
            "key" => KeyOfGroup.GetValueOrDefault(command.Group, "{t}str"),
            "integer" => "1",
            "double" => "1.5",
            "unix-time" => "4102444800",
            "pattern" => "{t}*",
            _ => "v",
        };

    /// <summary>Values that may be refused, or be taken otherwise than one expects.</summary>
    public static IReadOnlyList<string> Of(string type) => type switch
    {
        "key" => Keys,
        "integer" or "unix-time" => Integers,
        "double" => Doubles,
        "pattern" => Patterns,
        "string" => Strings,
        _ => [],
    };
}
