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
internal static class InfoReply
{
    /// <summary>Merges the shards' texts.</summary>
    public static void Write(IReadOnlyList<MergePart> parts, int port, DatabaseShare share, IBufferWriter<byte> output)
    {
        string[] texts = [.. parts.Select(static part => Text(part.Frame))];
        InfoSums sums = new(texts);
        SortedDictionary<int, long[]> keyspace = [];
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
                "connected_clients" => $"connected_clients:{share.Clients}\r\nblocked_clients:{share.BlockedClients}",
                "blocked_clients" => null,
                "connected_slaves" => "connected_slaves:0",
                _ when field.StartsWith("slave", StringComparison.Ordinal) && line.Contains("ip=", StringComparison.Ordinal) => null,
                "executable" or "config_file" or "process_id" => null,
                _ when IsKeyspace(field) => null,
                _ => sums.Of(field) ?? line,
            };
            if (own is not null)
            {
                merged.Append(own).Append("\r\n");
            }

            if (line == "# Keyspace")
            {
                foreach ((int database, long[] counts) in keyspace)
                {
                    merged.Append(CultureInfo.InvariantCulture, $"db{database}:keys={counts[0]},expires={counts[1]},avg_ttl={counts[2]}\r\n");
                }
            }
        }

        string reply = merged.ToString();
        RespWriter.WriteBulk(output, reply[..Math.Max(0, reply.Length - 2)]);
    }

    private static string Text(ReadOnlySpan<byte> frame)
    {
        RespReader reader = new(frame);
        reader.Read();
        return reader.GetString();
    }

    private static bool IsKeyspace(string field) =>
        field.Length > 2 && field.StartsWith("db", StringComparison.Ordinal) && field.AsSpan(2).IndexOfAnyExceptInRange('0', '9') < 0;

    private static void AddKeyspace(SortedDictionary<int, long[]> keyspace, string info)
    {
        foreach (string line in info.Split("\r\n"))
        {
            string[] halves = line.Split(':');
            if (halves.Length != 2 || !IsKeyspace(halves[0]))
            {
                continue;
            }

            int database = int.Parse(halves[0].AsSpan(2), CultureInfo.InvariantCulture);
            long[] counts = keyspace.TryGetValue(database, out long[]? known) ? known : keyspace[database] = new long[3];
            long[] more = [.. halves[1].Split(',').Select(Number)];
            long expires = more.ElementAtOrDefault(1);

            // An average of averages weighs each by how many it is of.
            decimal ttls = ((decimal)counts[2] * counts[1]) + ((decimal)more.ElementAtOrDefault(2) * expires);
            counts[0] += more[0];
            counts[1] += expires;
            counts[2] = counts[1] == 0 ? 0 : (long)(ttls / counts[1]);
        }
    }

    /// <summary>Of <c>keys=3</c>.</summary>
    private static long Number(string field) => long.TryParse(field.Split('=')[^1], CultureInfo.InvariantCulture, out long number) ? number : 0;
}
