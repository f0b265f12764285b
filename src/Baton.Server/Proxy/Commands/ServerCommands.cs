using System.Buffers;
using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>INFO, CONFIG and ROLE: the engine's answer, with what would mislead a client put right.</summary>
internal static class ServerCommands
{
    private static readonly string[] Secrets = ["requirepass", "masterauth", "masteruser", "tls-key-file-pass", "tls-client-key-file-pass"];

    /// <summary>
    /// Settings a client may change: they shape answers, not what belongs to the cluster. They last until the shard moves.
    /// </summary>
    private static readonly string[] Harmless =
    [
        "notify-keyspace-events", "slowlog-log-slower-than", "slowlog-max-len", "latency-monitor-threshold", "latency-tracking",
        "lua-time-limit", "busy-reply-threshold", "list-max-listpack-size", "list-max-ziplist-size", "list-compress-depth",
        "hash-max-listpack-entries", "hash-max-listpack-value", "hash-max-ziplist-entries", "hash-max-ziplist-value", "set-max-intset-entries",
        "set-max-listpack-entries", "set-max-listpack-value", "zset-max-listpack-entries", "zset-max-listpack-value", "zset-max-ziplist-entries",
        "zset-max-ziplist-value", "hll-sparse-max-bytes", "stream-node-max-bytes", "stream-node-max-entries", "activedefrag", "lfu-log-factor",
        "lfu-decay-time", "lazyfree-lazy-user-del", "lazyfree-lazy-user-flush",
    ];

    public static CommandOutcome Info(ClientSession session, CommandFrame command)
    {
        int port = (session.LocalAddress as System.Net.IPEndPoint)?.Port ?? session.Database.Route.Port;
        DatabaseShare share = session.Database.Share;
        return ToAllRewritten(session, command, (parts, output) => InfoReply.Write(parts, port, share, output));
    }

    public static CommandOutcome ConfigGet(ClientSession session, CommandFrame command) => ToAllRewritten(session, command, HideSecrets);

    public static CommandOutcome ConfigSet(ClientSession session, CommandFrame command)
    {
        for (int i = 2; i < command.Count; i += 2)
        {
            string name = command.Text(i).ToLowerInvariant();
            if (!Harmless.Contains(name))
            {
                return session.FailCommand($"ERR CONFIG SET {name} is not available here: the cluster decides it");
            }
        }

        return FanOutCommands.Ok(session, command);
    }

    public static CommandOutcome Role(ClientSession session, CommandFrame command) => session.Reply(static output =>
    {
        RespWriter.WriteArrayHeader(output, 3);
        RespWriter.WriteBulk(output, "master"u8);
        RespWriter.WriteInteger(output, 0);
        RespWriter.WriteArrayHeader(output, 0);
    });

    private static CommandOutcome ToAllRewritten(ClientSession session, CommandFrame command, ReplyMerger merger)
    {
        foreach (LoopShard shard in session.Database.Shards)
        {
            if (shard.Hold is not null)
            {
                return session.Park(shard);
            }
        }

        MergeSlot slot = new(merger) { Muted = session.IsMuted };
        session.Replies.Enqueue(slot);
        foreach (LoopShard shard in session.Database.Shards)
        {
            session.BeginSend(shard).Send(command.Bytes, slot.AddPart());
        }

        slot.Seal();
        return CommandOutcome.Done;
    }

    private static void HideSecrets(IReadOnlyList<MergePart> parts, IBufferWriter<byte> output)
    {
        RespReader reader = new(parts[0].Frame);
        reader.Read();
        bool isMap = reader.Kind == (byte)'%';
        List<string> kept = [];
        while (reader.Read())
        {
            string name = reader.GetString();
            reader.Read();
            if (!Secrets.Contains(name))
            {
                kept.Add(name);
                kept.Add(reader.GetString());
            }
        }

        RespWriter.WriteMapHeader(output, kept.Count / 2, isMap ? 3 : 2);
        kept.ForEach(text => RespWriter.WriteBulk(output, text));
    }
}
