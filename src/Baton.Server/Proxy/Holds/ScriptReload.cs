using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// Loads remembered scripts on a shard's new target before it serves, so that no EVALSHA gets NOSCRIPT for the move's sake.
/// </summary>
internal static class ScriptReload
{
    /// <summary>
    /// Sends all of them in one pipeline; <paramref name="done"/> when all are answered. A script the engine refuses is skipped.
    /// </summary>
    public static void Start(LoopShard shard, IReadOnlyList<byte[]> scripts, Action done)
    {
        int open = scripts.Count;
        FrameSink sink = new((_, _) =>
        {
            if (--open == 0)
            {
                done();
            }
        });
        OutputBuffer commands = new(static _ => { });
        foreach (byte[] script in scripts)
        {
            RespWriter.WriteArrayHeader(commands, 3);
            RespWriter.WriteBulk(commands, "SCRIPT"u8);
            RespWriter.WriteBulk(commands, "LOAD"u8);
            RespWriter.WriteBulk(commands, script);
        }

        shard.Control.Send(commands.Pending, sink, scripts.Count);
        commands.Release();
    }
}
