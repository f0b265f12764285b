using System.Buffers;
using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>INFO and ROLE: the engine's answer, with what would mislead a client put right.</summary>
internal static class ServerCommands
{
    public static CommandOutcome Info(ClientSession session, CommandFrame command)
    {
        int port = (session.LocalAddress as System.Net.IPEndPoint)?.Port ?? session.Database.Route.Port;
        AllLoopsDatabase allLoops = session.Database.AllLoops;
        int protocol = session.State.Protocol;
        byte[] asked = InfoSections.Known(session.Database.FirstShard.Support.Capabilities.Kind, command);
        if (asked.Length == 0)
        {
            return session.Reply(output => TextReply.Write(output, "", protocol));
        }

        return ToAllRewritten(session, asked, (parts, output) => MergedInfo.Write(parts, port, allLoops, protocol, output));
    }

    public static CommandOutcome Role(ClientSession session, CommandFrame command) => session.Reply(static output =>
    {
        RespWriter.WriteArrayHeader(output, 3);
        RespWriter.WriteBulk(output, "master"u8);
        RespWriter.WriteInteger(output, 0);
        RespWriter.WriteArrayHeader(output, 0);
    });

    /// <summary>Sends a command to every shard, one shard too, and gives the answer the merger makes.</summary>
    public static CommandOutcome ToAllRewritten(ClientSession session, CommandFrame command, ReplyMerger merger) =>
        ToAllRewritten(session, command.Bytes, merger);

    /// <summary>The same with a command of the proxy's own.</summary>
    public static CommandOutcome ToAllRewritten(ClientSession session, ReadOnlySpan<byte> command, ReplyMerger merger) =>
        ToAllRewritten(session, command, new MergeSlot(merger));

    /// <summary>The same with the place of the answer.</summary>
    public static CommandOutcome ToAllRewritten(ClientSession session, ReadOnlySpan<byte> command, MergeSlot slot)
    {
        if (FanOutCommands.ParkIfHeld(session))
        {
            return CommandOutcome.Wait;
        }

        slot.Muted = session.IsMuted;
        session.Replies.Enqueue(slot);
        foreach (LoopShard shard in session.Database.Shards)
        {
            session.BeginSend(shard).Send(command, slot.AddPart(shard.Route.Uid));
        }

        slot.Seal();
        return CommandOutcome.Done;
    }
}
