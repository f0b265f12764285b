using System.Globalization;
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
        long output = session.Replies.Output.Length + session.Replies.BufferedBytes;

        // Redis has it since 7.4, and tools for older ones look at what stands behind `multi`.
        string watched = session.WatchedKeys > 0 ? string.Create(CultureInfo.InvariantCulture, $"watch={session.WatchedKeys} ") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"id={state.Id} addr={session.RemoteAddress} laddr={session.LocalAddress} fd=-1 name={state.Name} "
            + $"age={(now - state.CreatedMs) / 1000} idle={(now - state.LastSeenMs) / 1000} flags={Flags(session)} db={state.Database} "
            + $"sub={session.ChannelCount} psub={session.PatternCount} ssub={session.ShardChannelCount} multi={session.QueuedCommands} "
            + $"{watched}qbuf={session.InputBytes} qbuf-free=0 argv-mem={session.InputBytes} multi-mem={session.QueuedBytes} rbs=0 rbp=0 obl=0 oll=0 "
            + $"omem={output} tot-mem={session.InputBytes + session.QueuedBytes + output} events=r cmd={state.LastCommand} user=default "
            + $"redir={TrackingCommands.RedirectionOf(session)} resp={state.Protocol} lib-name={state.LibraryName} lib-ver={state.LibraryVersion}");
    }

    private static string Flags(ClientSession session)
    {
        string flags = (session.IsBlocked ? "b" : "") + (session.QueuedCommands >= 0 ? "x" : "") + (session.IsMonitor ? "O" : "")
            + (session.IsSubscriber ? "P" : "");
        if (session.Tracking is { Options: { } options } tracking)
        {
            flags += "t" + (tracking.Target is { IsBroken: true } ? "R" : "") + (options.Broadcast ? "B" : "");
        }

        return flags.Length > 0 ? flags : "N";
    }
}
