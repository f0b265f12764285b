using System.Net;
using System.Text;
using Baton.Server.Engines.Wire;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// One line of an engine's MONITOR, as a client of the database may see it:
/// <code>
/// +1796069137.844597 [0 127.0.0.1:53800] "AUTH" "(redacted)"      the cluster's own: left out
/// +1796069137.844605 [0 127.0.0.1:53790] "INFO" "memory"         from a connection of the cluster's own (ControlAddresses): left out
/// +1796069137.844611 [0 127.0.0.1:53800] "set" "a" "1"            [0 127.0.0.11:12000]: the endpoint, for connections to the engine are shared
/// +1796069137.844634 [0 lua] "set" "a" "1"                        as it is
/// </code>
/// </summary>
internal static class MonitorLine
{
    /// <summary>Clients' own of these never reach an engine: the proxy answers them. (SELECT shows in the number before the address.)</summary>
    private static readonly HashSet<string> Own = new(StringComparer.OrdinalIgnoreCase)
    {
        "AUTH", "HELLO", "CLIENT", "PING", "SELECT", "REPLCONF", "REPLICAOF", "PSYNC", "SYNC", "ACL", "ROLE", "READONLY", "DEBUG", "SHUTDOWN", "WAIT",
    };

    /// <summary>The line to send; empty when it is none of the client's business.</summary>
    /// <param name="line">As the engine shows it.</param>
    /// <param name="endpoint">Where the client is connected.</param>
    /// <param name="engine">Whose line it is.</param>
    public static ReadOnlySpan<byte> ForClient(ReadOnlySpan<byte> line, EndPoint? endpoint, EndPoint? engine)
    {
        int open = line.IndexOf(" ["u8);
        int close = line.IndexOf("] \""u8);
        if (open < 0 || close < open)
        {
            return line;
        }

        ReadOnlySpan<byte> from = line[(open + 2)..close];
        ReadOnlySpan<byte> name = line[(close + 3)..];
        int quote = name.IndexOf((byte)'"');
        if (from.EndsWith("lua"u8) || quote < 0)
        {
            return line;
        }

        if (Own.Contains(Encoding.Latin1.GetString(name[..quote])))
        {
            return default;
        }

        int space = from.IndexOf((byte)' ');
        if (ControlAddresses.Contains(engine, Encoding.Latin1.GetString(from[(space + 1)..])))
        {
            return default;
        }

        byte[] address = Encoding.ASCII.GetBytes(endpoint?.ToString() ?? "endpoint");
        return (byte[])[.. line[..(open + 2)], .. from[..(space + 1)], .. address, .. line[close..]];
    }
}
