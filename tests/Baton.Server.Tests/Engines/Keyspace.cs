using System.Globalization;
using Baton.Server.Engines;
using Baton.Server.Engines.Wire;

namespace Baton.Server.Tests.Engines;

/// <summary>Reads everything an engine holds into text that can be compared, by commands every engine has.</summary>
internal static class Keyspace
{
    /// <summary>"database/key" → type, value, time to live.</summary>
    public static async Task<SortedDictionary<string, string>> ReadAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        SortedDictionary<string, string> result = new(StringComparer.Ordinal);
        InfoReply info = new(await connection.DemandAsync(["INFO", "keyspace"], cancellationToken));
        foreach (int database in info.KeysByDatabase().Keys)
        {
            await connection.DemandAsync(["SELECT", database.ToString(CultureInfo.InvariantCulture)], cancellationToken);
            string cursor = "0";
            do
            {
                RespReply page = await connection.DemandAsync(["SCAN", cursor, "COUNT", "5000"], cancellationToken);
                cursor = page.Items![0].Text;
                byte[][] keys = [.. page.Items[1].Items!.Select(key => key.Bytes!)];
                string[] texts = await DescribeAsync(connection, keys, cancellationToken);
                for (int i = 0; i < keys.Length; i++)
                {
                    result[$"{database}/{Convert.ToHexString(keys[i])}"] = texts[i];
                }
            }
            while (cursor != "0");
        }

        await connection.DemandAsync(["SELECT", "0"], cancellationToken);
        return result;
    }

    private static async Task<string[]> DescribeAsync(RespConnection connection, byte[][] keys, CancellationToken cancellationToken)
    {
        RespBatch batch = new();
        foreach (byte[] key in keys)
        {
            batch.Command("TYPE", 1).Argument(key).Command("PEXPIRETIME", 1).Argument(key);
        }

        RespReply[] heads = await connection.SendAsync(batch, cancellationToken);
        batch.Clear();
        for (int i = 0; i < keys.Length; i++)
        {
            _ = heads[2 * i].Text switch
            {
                "string" => batch.Command("GET", 1).Argument(keys[i]),
                "list" => batch.Command("LRANGE", 3).Argument(keys[i]).Argument(0).Argument(-1),
                "hash" => batch.Command("HGETALL", 1).Argument(keys[i]),
                "set" => batch.Command("SMEMBERS", 1).Argument(keys[i]),
                "zset" => batch.Command("ZRANGE", 4).Argument(keys[i]).Argument(0).Argument(-1).Argument("WITHSCORES"),
                "stream" => batch.Command("XRANGE", 3).Argument(keys[i]).Argument("-").Argument("+"),
                _ => batch.Command("EXISTS", 1).Argument(keys[i]), // expired between the two reads
            };
        }

        RespReply[] values = await connection.SendAsync(batch, cancellationToken);
        return [.. keys.Select((_, i) => $"{heads[2 * i].Text} {Text(heads[2 * i].Text, values[i])} expires {heads[2 * i + 1].Integer}")];
    }

    private static string Text(string type, RespReply value)
    {
        if (value.Items is null)
        {
            return value.Bytes is null ? "null" : Convert.ToHexString(value.Bytes);
        }

        IEnumerable<string> items = value.Items.Select(item => Text("", item));
        return type switch
        {
            "set" => string.Join(',', items.Order(StringComparer.Ordinal)),
            "hash" => string.Join(',', items.Chunk(2).Select(pair => $"{pair[0]}={pair[1]}").Order(StringComparer.Ordinal)),

            // Engines print a score with as many digits as they like; the number counts.
            "zset" => string.Join(',', value.Items.Chunk(2).Select(pair => $"{Text("", pair[0])}={Score(pair[1].Text):R}")),
            _ => string.Join(',', items),
        };
    }

    private static double Score(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };
}
