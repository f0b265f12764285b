using System.Buffers;
using System.Collections.Frozen;
using Baton.Protocol.Resp;
using Baton.Server.Engines;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// Garnet keeps a key whose time is over until somebody writes to it. EXPIRE and PERSIST on such a key answer with bytes of nobody's, which ends the
/// connection for all who share it; so a command stands before them that takes the key away if its time is over and changes nothing else, whatever its type:
/// <code>
/// EXPIRE k 100   ->   ZREMRANGEBYRANK k 1 0   (ranks from 1 to 0: none; an error on other types; the reply is dropped)
///                     EXPIRE k 100            :0 when its time was over
/// </code>
/// Not where the session watches keys: it counts as a change of the key, so that its EXEC would never succeed, and the link is the session's alone.
/// </summary>
internal static class LapsedKeys
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(StringComparer.Ordinal, "EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT", "PERSIST");

    /// <summary>The engine needs it before the command.</summary>
    public static bool Concern(EngineKind kind, string command) => kind == EngineKind.Garnet && Concern(command);

    /// <summary>It is one of the commands.</summary>
    public static bool Concern(string command) => Names.Contains(command);

    /// <summary>Writes what stands before the command.</summary>
    public static void Write(IBufferWriter<byte> output, CommandFrame command)
    {
        RespWriter.WriteArrayHeader(output, 4);
        RespWriter.WriteBulk(output, "ZREMRANGEBYRANK"u8);
        RespWriter.WriteBulk(output, command[1]);
        RespWriter.WriteBulk(output, "1"u8);
        RespWriter.WriteBulk(output, "0"u8);
    }
}
