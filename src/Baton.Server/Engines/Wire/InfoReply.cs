using System.Globalization;

namespace Baton.Server.Engines.Wire;

/// <summary>The fields of one or more <c>INFO</c> replies (<c>name:value</c> lines), by name. Immutable.</summary>
internal sealed class InfoReply
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    /// <summary>Reads replies; error replies and lines without a colon are passed over.</summary>
    public InfoReply(params ReadOnlySpan<RespReply> replies)
    {
        foreach (RespReply reply in replies)
        {
            if (!reply.IsError)
            {
                Read(reply.Text);
            }
        }
    }

    /// <summary>A field's text, empty when it is missing.</summary>
    public string this[string field] => _fields.GetValueOrDefault(field, "");

    /// <summary>A field as an integer, <paramref name="missing"/> when it is missing or not one.</summary>
    public long Number(string field, long missing = 0) =>
        long.TryParse(this[field], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : missing;

    /// <summary>Keys of each numbered database that has any: <c>db0:keys=3,expires=0,avg_ttl=0</c>.</summary>
    public IReadOnlyDictionary<int, long> KeysByDatabase()
    {
        Dictionary<int, long> result = [];
        foreach ((string name, string value) in _fields)
        {
            if (name.StartsWith("db", StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int database)
                && value.StartsWith("keys=", StringComparison.Ordinal)
                && long.TryParse(Digits(value.AsSpan(5)), NumberStyles.None, CultureInfo.InvariantCulture, out long keys))
            {
                result[database] = keys;
            }
        }

        return result;
    }

    /// <summary>
    /// How far each replica has acknowledged, by address: <c>slave0:ip=127.0.0.12,port=40499,state=online,offset=1234,lag=0</c>.
    /// </summary>
    public IReadOnlyDictionary<string, long> AcknowledgedByReplica()
    {
        Dictionary<string, long> result = new(StringComparer.Ordinal);
        for (int index = 0; _fields.TryGetValue($"slave{index}", out string? replica); index++)
        {
            Dictionary<string, string> parts = replica.Split(',').Select(part => part.Split('=', 2)).Where(part => part.Length == 2)
                .ToDictionary(part => part[0], part => part[1], StringComparer.Ordinal);
            bool online = parts.GetValueOrDefault("state") == "online";
            _ = long.TryParse(parts.GetValueOrDefault("offset"), NumberStyles.None, CultureInfo.InvariantCulture, out long offset);
            result[$"{parts.GetValueOrDefault("ip")}:{parts.GetValueOrDefault("port")}"] = online ? offset : 0;
        }

        return result;
    }

    private static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text : text[..end];
    }

    private void Read(string text)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            int colon = line.IndexOf(':');
            if (colon > 0)
            {
                _fields[line[..colon].ToString()] = line[(colon + 1)..].Trim().ToString();
            }
        }
    }
}
