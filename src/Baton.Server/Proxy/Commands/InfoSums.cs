using System.Collections.Frozen;
using System.Globalization;

namespace Baton.Server.Proxy.Commands;

/// <summary>Lines of INFO whose sum over the shards says of the database what each says of its shard.</summary>
/// <param name="texts">The shards' texts.</param>
internal sealed class InfoSums(IReadOnlyList<string> texts)
{
    private const string Human = "_human";

    private static readonly string[] Units = ["B", "K", "M", "G", "T", "P"];

    /// <summary>With their <c>_human</c> forms.</summary>
    private static readonly FrozenSet<string> Summed = FrozenSet.Create(
        StringComparer.Ordinal,
        "used_memory", "used_memory_rss", "used_memory_peak", "used_memory_overhead", "used_memory_startup", "used_memory_dataset", "used_memory_lua",
        "used_memory_vm_total", "used_memory_scripts", "number_of_cached_scripts", "number_of_functions", "maxmemory", "mem_clients_normal",
        "mem_aof_buffer", "rdb_changes_since_last_save", "aof_current_size", "aof_base_size", "total_connections_received", "total_commands_processed",
        "instantaneous_ops_per_sec", "total_net_input_bytes", "total_net_output_bytes", "instantaneous_input_kbps", "instantaneous_output_kbps",
        "expired_keys", "evicted_keys", "keyspace_hits", "keyspace_misses", "total_error_replies", "used_cpu_sys", "used_cpu_user");

    private readonly Dictionary<string, string>[] _shards = [.. texts.Select(Fields)];

    /// <summary>The line with the sum; null for a line that is not summed, and where a shard says no number.</summary>
    public string? Of(string field)
    {
        string plain = field.EndsWith(Human, StringComparison.Ordinal) ? field[..^Human.Length] : field;
        if (_shards.Length == 1 || !Summed.Contains(plain))
        {
            return null;
        }

        decimal sum = 0;
        foreach (Dictionary<string, string> shard in _shards)
        {
            if (!decimal.TryParse(shard.GetValueOrDefault(plain), NumberStyles.Number, CultureInfo.InvariantCulture, out decimal value))
            {
                return null;
            }

            sum += value;
        }

        return $"{field}:{(plain == field ? sum.ToString(CultureInfo.InvariantCulture) : Readable(sum))}";
    }

    private static Dictionary<string, string> Fields(string info)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        foreach (string line in info.Split("\r\n"))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                fields[line[..colon]] = line[(colon + 1)..];
            }
        }

        return fields;
    }

    /// <summary>As redis writes it: 512B, 1.50K, 20.27M.</summary>
    private static string Readable(decimal bytes)
    {
        int unit = 0;
        for (; bytes >= 1024 && unit < Units.Length - 1; bytes /= 1024)
        {
            unit++;
        }

        return bytes.ToString(unit == 0 ? "0" : "0.00", CultureInfo.InvariantCulture) + Units[unit];
    }
}
