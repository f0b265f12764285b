using System.Buffers;
using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Replies;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// Rewrites INFO: the proxy's port and clients, and what counts or measures a part of the database summed over its shards; everything else (versions,
/// settings, ratios) is the first shard's.
/// </summary>
internal static class MergedInfo
{
    /// <summary>Merges the shards' texts.</summary>
    public static void Write(IReadOnlyList<MergePart> parts, int port, AllLoopsDatabase allLoops, int protocol, IBufferWriter<byte> output)
    {
        string[] texts = [.. parts.Select(static part => Text(part.Frame))];
        InfoSums sums = new(texts);
        InfoStatistics statistics = new(texts);
        SortedDictionary<int, KeyCounts> keyspace = [];
        foreach (string text in texts)
        {
            AddKeyspace(keyspace, text);
        }

        StringBuilder merged = new();
        foreach (string line in texts[0].Split("\r\n"))
        {
            string field = line.Split(':')[0];
            string? own = field switch
            {
                "tcp_port" => $"tcp_port:{port}",
                // Not every engine has a line for blocked clients: both are the proxy's own.
                "connected_clients" => $"connected_clients:{allLoops.Clients}\r\nblocked_clients:{allLoops.BlockedClients}",
                "blocked_clients" => null,
                "connected_slaves" => "connected_slaves:0",
                _ when field.StartsWith("slave", StringComparison.Ordinal) && line.Contains("ip=", StringComparison.Ordinal) => null,
                "executable" or "config_file" or "process_id" => null,
                _ when IsKeyspace(field) || statistics.Has(field) => null,
                _ => sums.Of(field) ?? line,
            };
            if (own is not null)
            {
                merged.Append(own).Append("\r\n");
            }

            foreach (string statistic in statistics.Under(line))
            {
                merged.Append(statistic).Append("\r\n");
            }

            if (line == "# Keyspace")
            {
                foreach ((int database, KeyCounts counts) in keyspace)
                {
                    merged.Append(CultureInfo.InvariantCulture, $"db{database}:keys={counts.Keys},expires={counts.Expires},avg_ttl={counts.AverageTtl}\r\n");
                }
            }
        }

        string reply = merged.ToString();
        TextReply.Write(output, reply[..Math.Max(0, reply.Length - 2)], protocol);
    }

    private static string Text(ReadOnlySpan<byte> frame)
    {
        RespReader reader = new(frame);
        reader.Read();
        return reader.GetString();
    }

    private static bool IsKeyspace(string field) =>
        field.Length > 2 && field.StartsWith("db", StringComparison.Ordinal) && field.AsSpan(2).IndexOfAnyExceptInRange('0', '9') < 0;

    private static void AddKeyspace(SortedDictionary<int, KeyCounts> keyspace, string info)
    {
        foreach (string line in info.Split("\r\n"))
        {
            string[] halves = line.Split(':');
            if (halves.Length != 2 || !IsKeyspace(halves[0]))
            {
                continue;
            }

            int database = int.Parse(halves[0].AsSpan(2), CultureInfo.InvariantCulture);
            long[] counts = [.. halves[1].Split(',').Select(Number)];
            long expires = counts.ElementAtOrDefault(1);
            KeyCounts known = keyspace.GetValueOrDefault(database);
            keyspace[database] = new KeyCounts(
                known.Keys + counts[0], known.Expires + expires, known.Ttls + ((Int128)counts.ElementAtOrDefault(2) * expires));
        }
    }

    /// <summary>Of <c>keys=3</c>.</summary>
    private static long Number(string field) => long.TryParse(field.Split('=')[^1], CultureInfo.InvariantCulture, out long number) ? number : 0;

    /// <summary>Of one database number. An average of averages weighs each by how many keys it is of: so the sum of all is kept.</summary>
    private readonly record struct KeyCounts(long Keys, long Expires, Int128 Ttls)
    {
        public long AverageTtl => Expires == 0 ? 0 : (long)(Ttls / Expires);
    }
}
