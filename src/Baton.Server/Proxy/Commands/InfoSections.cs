using System.Buffers;
using System.Collections.Frozen;
using Baton.Protocol.Resp;
using Baton.Server.Engines;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// INFO of a section that is not there is empty text. The embedded engine answers an error instead, and for some names one that is no reply at all,
/// which costs the connection that all clients share: it is asked for its own sections only.
/// </summary>
internal static class InfoSections
{
    private static readonly FrozenSet<string> OfGarnet = new[]
    {
        "SERVER", "MEMORY", "CLUSTER", "REPLICATION", "STATS", "STORE", "PERSISTENCE", "CLIENTS", "KEYSPACE", "MODULES", "COMMANDSTATS", "ALL", "DEFAULT",
        "EVERYTHING",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The command to send; empty when nothing is left to ask.</summary>
    public static byte[] Known(EngineKind engine, CommandFrame command)
    {
        if (engine != EngineKind.Garnet || command.Count == 1)
        {
            return command.Bytes.ToArray();
        }

        List<string> words = ["INFO"];
        for (int i = 1; i < command.Count; i++)
        {
            if (OfGarnet.Contains(command.Text(i)))
            {
                words.Add(command.Text(i));
            }
        }

        ArrayBufferWriter<byte> asked = new();
        if (words.Count > 1)
        {
            RespWriter.WriteCommand(asked, [.. words]);
        }

        return asked.WrittenSpan.ToArray();
    }
}
