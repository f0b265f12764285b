using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>Replies of commands about the server.</summary>
internal static class ServerReplies
{
    /// <summary>TIME: <c>[seconds, microseconds]</c></summary>
    public static readonly ReplyReader<DateTimeOffset> Time = static (ref RespReader reply) =>
    {
        reply.Require(2, "a time");
        var seconds = reply.Next(ReplyReaders.Int64);
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddMicroseconds(reply.Next(ReplyReaders.Int64));
    };

    /// <summary>Seconds since 1970.</summary>
    public static readonly ReplyReader<DateTimeOffset> UnixSeconds = static (ref RespReader reply) =>
        DateTimeOffset.FromUnixTimeSeconds(ReplyReaders.Int64(ref reply));

    /// <summary>INFO: lines <c>name:value</c>, comments with <c>#</c>.</summary>
    public static readonly ReplyReader<Dictionary<string, string>> Info = static (ref RespReader reply) =>
    {
        var info = new Dictionary<string, string>();
        foreach (var line in ReplyReaders.Text(ref reply).Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[0] != '#')
            {
                info[line[..colon]] = line[(colon + 1)..];
            }
        }

        return info;
    };

    /// <summary>CLIENT LIST: one line of <c>name=value</c> for each.</summary>
    public static readonly ReplyReader<Dictionary<string, string>[]> Clients = static (ref RespReader reply) =>
        [.. ReplyReaders.Text(ref reply).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ParseClient)];

    /// <summary>CLIENT INFO: one such line.</summary>
    public static readonly ReplyReader<Dictionary<string, string>> Client = static (ref RespReader reply) =>
        ParseClient(ReplyReaders.Text(ref reply));

    /// <summary>SLOWLOG GET: <c>[[id, time, microseconds, [argument ...], client, name] ...]</c></summary>
    public static readonly ReplyReader<SlowLogEntry[]> SlowLog = ReplyReaders.ArrayOf(static (ref RespReader reply) =>
    {
        var entry = RedisReply.Read(ref reply).Items;
        if (entry.Count < 4)
        {
            throw new RedisReplyException("The server's entry of the slow log is none.");
        }

        return new SlowLogEntry(
            entry[0].AsInt64(),
            DateTimeOffset.FromUnixTimeSeconds(entry[1].AsInt64()),
            TimeSpan.FromMicroseconds(entry[2].AsInt64()),
            [.. entry[3].Items.Select(static argument => argument.AsString() ?? "")],
            entry.Count > 4 ? entry[4].AsString() ?? "" : "",
            entry.Count > 5 ? entry[5].AsString() ?? "" : "");
    });

    /// <summary>FUNCTION LIST.</summary>
    public static readonly ReplyReader<FunctionLibrary[]> Libraries = ReplyReaders.ArrayOf(static (ref RespReader reply) =>
    {
        var fields = RedisReply.Read(ref reply);
        return new FunctionLibrary(
            fields.Text("library_name"),
            fields.Text("engine"),
            [.. fields.Require("functions").Items.Select(static function => function.Text("name"))]);
    });

    private static Dictionary<string, string> ParseClient(string line)
    {
        var client = new Dictionary<string, string>();
        foreach (var word in line.TrimEnd().Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                client[word[..equals]] = word[(equals + 1)..];
            }
        }

        return client;
    }
}
