using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>One line of CLIENT LIST.</summary>
internal static class ClientLine
{
    /// <summary><c>id=3 addr=127.0.0.1:50188 laddr=... name= age=3 ...</c></summary>
    public static string Of(ClientSession session)
    {
        SessionState state = session.State;
        long now = session.Loop.Io.NowMs;
        return string.Create(CultureInfo.InvariantCulture,
            $"id={state.Id} addr={session.RemoteAddress} laddr={session.LocalAddress} fd=-1 name={state.Name} "
            + $"age={(now - state.CreatedMs) / 1000} idle={(now - state.LastSeenMs) / 1000} flags={Flags(session)} db={state.Database} "
            + $"sub={session.ChannelCount} psub={session.PatternCount} ssub={session.ShardChannelCount} multi={session.QueuedCommands} "
            + $"watch={session.WatchedKeys} qbuf={session.InputBytes} qbuf-free=0 argv-mem=0 multi-mem={session.QueuedBytes} rbs=0 rbp=0 obl=0 oll=0 "
            + $"omem={session.Replies.Output.Length} tot-mem=0 events=r cmd={state.LastCommand} user=default "
            + $"redir={(session.Tracking is { IsOn: true } ? 0 : -1)} resp={state.Protocol} lib-name={state.LibraryName} lib-ver={state.LibraryVersion}");
    }

    /// <summary>Lines as a reply: in RESP3 Redis marks them as text for people.</summary>
    public static void WriteText(OutputBuffer output, string text, int protocol)
    {
        if (protocol < 3)
        {
            RespWriter.WriteBulk(output, text);
            return;
        }

        byte[] bytes = Encoding.UTF8.GetBytes($"txt:{text}");
        output.Append(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"={bytes.Length}\r\n")));
        output.Append(bytes);
        output.Append("\r\n"u8);
    }

    private static string Flags(ClientSession session)
    {
        string flags = (session.IsBlocked ? "b" : "") + (session.QueuedCommands >= 0 ? "x" : "") + (session.IsMonitor ? "O" : "")
            + (session.IsSubscriber ? "P" : "");
        if (session.Tracking?.Options is { } tracking)
        {
            flags += tracking.Broadcast ? "tB" : "t";
        }

        return flags.Length > 0 ? flags : "N";
    }
}
