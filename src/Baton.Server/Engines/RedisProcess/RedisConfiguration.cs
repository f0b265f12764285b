using System.Globalization;
using System.Net;
using System.Text;

namespace Baton.Server.Engines.RedisProcess;

/// <summary>
/// The configuration an instance reads on its standard input, so that the password is neither on a command line nor on disk.
/// </summary>
internal static class RedisConfiguration
{
    /// <summary>The text for an instance that listens on <paramref name="address"/>.</summary>
    public static string For(ShardSpec spec, IPEndPoint address)
    {
        StringBuilder text = new();
        foreach ((string name, string value) in Listen(spec, address).Concat(Persist(spec)).Concat(Replicate(address)).Concat(Limit(spec)))
        {
            text.Append(name).Append(' ').Append(value).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A value in Redis' quotes, every byte that could end or change it escaped.</summary>
    internal static string Quote(string value)
    {
        StringBuilder text = new("\"");
        foreach (byte b in Encoding.UTF8.GetBytes(value))
        {
            _ = b is (byte)'"' or (byte)'\\' ? text.Append('\\').Append((char)b)
                : b is >= 0x20 and < 0x7f ? text.Append((char)b)
                : text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        }

        return text.Append('"').ToString();
    }

    private static IEnumerable<(string Name, string Value)> Listen(ShardSpec spec, IPEndPoint address) =>
    [
        ("bind", address.Address.ToString()),
        ("port", Text(address.Port)),
        ("requirepass", Quote(spec.Secret)),
        ("masterauth", Quote(spec.Secret)),
        ("protected-mode", "yes"),
        ("enable-debug-command", "no"),
        ("databases", "16"),
        ("daemonize", "no"),
        ("loglevel", "notice"),
        ("shutdown-timeout", "0"), // the mover proves that a target is equal; SHUTDOWN need not wait for replicas
    ];

    private static IEnumerable<(string Name, string Value)> Persist(ShardSpec spec)
    {
        yield return ("dir", Quote(spec.DataDirectory));
        yield return ("save", "\"\"");
        if (spec.Persistence == PersistenceMode.None)
        {
            yield return ("appendonly", "no");
            yield break;
        }

        yield return ("appendonly", "yes");
        yield return ("appendfsync", spec.Persistence == PersistenceMode.Always ? "always" : "everysec");
        yield return ("aof-use-rdb-preamble", "yes");
        yield return ("no-appendfsync-on-rewrite", "no");
    }

    private static IEnumerable<(string Name, string Value)> Replicate(IPEndPoint address) =>
    [
        ("replica-announce-ip", address.Address.ToString()), // so that a master's list of replicas names it as everybody else does
        ("repl-diskless-sync", "yes"),
        ("repl-diskless-sync-delay", "0"),
        ("repl-diskless-load", "swapdb"),
        ("repl-backlog-size", "64mb"),
        ("repl-ping-replica-period", "1"),
        ("client-output-buffer-limit", "replica 1gb 512mb 60"), // a copy under full load must not be cut off half-way
    ];

    private static IEnumerable<(string Name, string Value)> Limit(ShardSpec spec) =>
    [
        ("maxclients", "65000"), // the proxy has limits of its own; the engine takes what the limit of open files allows
        ("maxmemory", Text(spec.Settings.MemoryLimitBytes)),
        ("maxmemory-policy", spec.Settings.EvictionPolicy),
    ];

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
