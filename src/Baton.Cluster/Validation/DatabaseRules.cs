using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Validation;

/// <summary>Rules on single fields of a database, used by create and update.</summary>
internal static partial class DatabaseRules
{
    /// <summary>Longest name: a DNS label.</summary>
    public const int MaxNameLength = 63;

    /// <summary>Most shards of one database.</summary>
    public const int MaxShards = 512;

    private static readonly ImmutableHashSet<string> EvictionPolicies =
    [
        "noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
    ];

    public static IEnumerable<RequestError> Name(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            yield return new RequestError(RequestErrorKind.Invalid, "missing_db_name", "name is missing.", "name");
        }
        else if (name.Length > MaxNameLength || !NamePattern().IsMatch(name))
        {
            yield return new RequestError(RequestErrorKind.NotAcceptable, "name_violation",
                $"The name '{name}' must have 1 to {MaxNameLength} letters, digits and hyphens, and begin and end with a letter or digit.",
                "name");
        }
    }

    public static IEnumerable<RequestError> MemorySize(long bytes)
    {
        if (bytes <= 0)
        {
            yield return new RequestError(RequestErrorKind.Invalid, "missing_memory_size",
                $"memory_size is {bytes}; it must be a number of bytes over 0.", "memory_size");
        }
    }

    public static IEnumerable<RequestError> EvictionPolicy(string policy)
    {
        if (!EvictionPolicies.Contains(policy))
        {
            yield return new RequestError(RequestErrorKind.NotAcceptable, "invalid_eviction_policy",
                $"There is no eviction policy '{policy}'; there are {string.Join(", ", EvictionPolicies.Order())}.", "eviction_policy");
        }
    }

    /// <summary>A client's setting that is a number of seconds.</summary>
    public static IEnumerable<RequestError> Seconds(string name, string seconds)
    {
        if (!int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            yield return new RequestError(RequestErrorKind.NotAcceptable, $"invalid_{name.Replace('-', '_')}",
                $"The {name} '{seconds}' must be a number of seconds, 0 to {int.MaxValue}.", name);
        }
    }

    /// <summary>The port must be one, on every node, and free.</summary>
    public static IEnumerable<RequestError> Port(ClusterState state, int port)
    {
        int highest = port + state.Nodes.Values.Select(n => n.PortOffset).DefaultIfEmpty(0).Max();
        if (port < 1 || highest > 65535)
        {
            yield return PortUnavailable(port, "ports are 1 to 65535 on every node");
        }
        else if (state.Databases.Values.FirstOrDefault(d => d.Port == port && d.Status != DatabaseStatus.CreationFailed) is { } other)
        {
            yield return PortUnavailable(port, $"database {other.Uid} ('{other.Name}') has it");
        }
    }

    public static RequestError PortUnavailable(int port, string why) =>
        new(RequestErrorKind.NotAcceptable, "port_unavailable", $"Unavailable or invalid port {port}: {why}.", "port");

    /// <summary>
    /// Only the standard rules are honoured: hash what stands in braces, else the whole key. Others are refused rather than kept without
    /// effect.
    /// </summary>
    public static IEnumerable<RequestError> ShardKeyRegex(ImmutableArray<string> rules)
    {
        foreach (string rule in rules.IsDefault ? [] : rules)
        {
            string plain = rule.Replace("\\", "", StringComparison.Ordinal);
            if (!StandardRules.Any(standard => plain.Equals(standard, StringComparison.Ordinal)
                || plain.Contains($"\"{standard}\"", StringComparison.Ordinal)))
            {
                yield return new RequestError(RequestErrorKind.NotAcceptable, "invalid_sharding",
                    $"The rule {rule} cannot be used: only the standard rules .*\\{{(?<tag>.*)\\}}.* and (?<tag>.*) are supported.",
                        "shard_key_regex");
            }
        }
    }

    private static readonly ImmutableArray<string> StandardRules = [".*{(?<tag>.*)}.*", "(?<tag>.*)"];

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$")]
    private static partial Regex NamePattern();
}
