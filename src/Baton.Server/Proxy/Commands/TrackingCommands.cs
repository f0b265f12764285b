using Baton.Protocol.Resp;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>CLIENT TRACKING, CACHING, TRACKINGINFO and GETREDIR. The engines track; see <see cref="Sessions.Tracking"/>.</summary>
internal static class TrackingCommands
{
    private const string NeedsResp3 =
        "ERR CLIENT TRACKING is not available here in RESP2: invalidations come as pushes on the connection that reads; send HELLO 3 first";

    public static CommandOutcome Tracking(ClientSession session, CommandFrame command)
    {
        if (!TrackingOptions.TryParse(command, out TrackingOptions wish, out string error))
        {
            return session.Error(error);
        }

        bool on = command.Is(2, "ON"u8);
        if (on && session.State.Protocol != 3)
        {
            return session.Error(NeedsResp3);
        }

        // Commands change their way here: those on the old one must have been executed.
        if (!session.Replies.IsEmpty)
        {
            return session.WaitFor(SessionWait.Barrier);
        }

        if (!on)
        {
            session.EndTracking();
            return session.Ok();
        }

        return Start(session, wish, command);
    }

    public static CommandOutcome Caching(ClientSession session, CommandFrame command)
    {
        TrackingOptions? options = session.Tracking?.Options;
        bool yes = command.Is(2, "YES"u8);
        if (options is null)
        {
            return session.Error("ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled");
        }

        if (!yes && !command.Is(2, "NO"u8))
        {
            return session.Error("ERR syntax error");
        }

        if (yes ? !options.OptIn : !options.OptOut)
        {
            return session.Error($"ERR CLIENT CACHING {(yes ? "YES" : "NO")} is only valid when tracking is enabled in {(yes ? "OPTIN" : "OPTOUT")} mode.");
        }

        session.Tracking!.BeginCaching(yes ? "YES" : "NO");
        return session.Ok();
    }

    public static CommandOutcome Info(ClientSession session, CommandFrame command) => session.Tracking is { IsOn: true }
        ? session.ForwardTo(session.Database.FirstShard, command)
        : session.Reply(output => WriteOff(output, session.State.Protocol));

    public static CommandOutcome GetRedirection(ClientSession session, CommandFrame command) =>
        session.Integer(session.Tracking is { IsOn: true } ? 0 : -1);

    private static CommandOutcome Start(ClientSession session, TrackingOptions wish, CommandFrame command)
    {
        foreach (LoopShard shard in session.Database.Shards)
        {
            if (session.MustWait(shard))
            {
                return session.Park(shard);
            }
        }

        Tracking tracking = session.Tracking ??= new Tracking(session);
        foreach (LoopShard shard in session.Database.Shards)
        {
            if (!tracking.HasLink(shard) && session.Watch is { IsLost: false, IsLent: false } watch && watch.Shard == shard)
            {
                // Commands behind a WATCH must go over its link, and tracked ones over the tracked link: it is the same one.
                watch.IsLent = true;
                tracking.AddLink(shard, watch.BeginSend(session.State.Dress));
            }
            else if (!tracking.HasLink(shard))
            {
                if (!session.TryTakeLink(shard, out ShardLink? link, out CommandOutcome outcome))
                {
                    return outcome;
                }

                tracking.AddLink(shard, link);
            }
        }

        tracking.Begin(wish, command.Bytes);
        return CommandOutcome.Done;
    }

    private static void WriteOff(Io.OutputBuffer output, int protocol)
    {
        RespWriter.WriteMapHeader(output, 3, protocol);
        RespWriter.WriteBulk(output, "flags"u8);
        output.Append(protocol == 3 ? "~1\r\n"u8 : "*1\r\n"u8);
        RespWriter.WriteBulk(output, "off"u8);
        RespWriter.WriteBulk(output, "redirect"u8);
        RespWriter.WriteInteger(output, -1);
        RespWriter.WriteBulk(output, "prefixes"u8);
        RespWriter.WriteArrayHeader(output, 0);
    }
}
