using System.Buffers;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>CLIENT TRACKING, CACHING, TRACKINGINFO and GETREDIR. The engines track; see <see cref="Sessions.Tracking"/>.</summary>
internal static class TrackingCommands
{
    public static CommandOutcome Tracking(ClientSession session, CommandFrame command)
    {
        CommandOutcome outcome = Change(session, command);
        if (outcome == CommandOutcome.Done)
        {
            session.TrackingTarget = null;
        }

        return outcome;
    }

    private static CommandOutcome Change(ClientSession session, CommandFrame command)
    {
        if (!TrackingOptions.TryParse(command, out TrackingOptions wish, out string error))
        {
            return session.Error(error);
        }

        if (wish.Redirect is { } id && session.TrackingTarget is null)
        {
            session.TrackingTarget = new TrackingTarget(session, id);
            session.WaitFor(SessionWait.Tracking);
            session.TrackingTarget.Find();
            return CommandOutcome.Wait;
        }

        if (session.TrackingTarget is { Exists: false })
        {
            return session.Error("ERR The client ID you want redirect to does not exist");
        }

        bool on = command.Is(2, "ON"u8);
        if (!on && !command.Is(2, "OFF"u8))
        {
            return session.Error("ERR syntax error");
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

        return Start(session, wish);
    }

    /// <summary>
    /// Who tracks what it reads tracks also what it waits to read, from before it waits: so the keys of a blocking read, which goes over a link of its own,
    /// are read on the tracked link first. True: that is under way, and the command waits for it.
    /// </summary>
    public static bool ReadsFirst(ClientSession session, LoopShard shard, CommandFrame command)
    {
        if (session.Tracking is not { Options.Broadcast: false, HasRead: false } tracking || command.Entry.IsWrite)
        {
            return false;
        }

        int[] keys = new int[command.Count];
        int count = command.FindKeys(keys);
        if (count == 0)
        {
            return false;
        }

        ArrayBufferWriter<byte> read = new();
        RespWriter.WriteArrayHeader(read, count + 1);
        RespWriter.WriteBulk(read, "EXISTS"u8);
        foreach (int key in keys.AsSpan(0, count))
        {
            RespWriter.WriteBulk(read, command[key]);
        }

        session.WaitFor(SessionWait.Tracking);
        session.SendBehind(shard, read.WrittenSpan, new FrameSink((_, _) =>
        {
            tracking.HasRead = true;
            if (!session.HasEnded)
            {
                session.Resume(SessionWait.Tracking);
            }
        }));
        return true;
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

    public static CommandOutcome Info(ClientSession session, CommandFrame command) =>
        session.Reply(output => WriteInfo(output, session.Tracking, session.State.Protocol));

    public static CommandOutcome GetRedirection(ClientSession session, CommandFrame command) => session.Integer(RedirectionOf(session));

    /// <summary>The id of the connection that is told, 0 when it is the one that reads, -1 without tracking.</summary>
    public static long RedirectionOf(ClientSession session) => session.Tracking is { IsOn: true } tracking ? tracking.Target?.Id ?? 0 : -1;

    private static CommandOutcome Start(ClientSession session, TrackingOptions wish)
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

        foreach (LoopShard shard in session.Database.Shards)
        {
            if (wish.Redirect is not null && !tracking.HasInvalidations(shard))
            {
                if (!session.TryTakeLink(shard, protocol: 3, database: 0, out ShardLink? link, out CommandOutcome outcome))
                {
                    return outcome;
                }

                tracking.AddInvalidations(shard, link);
            }
        }

        tracking.Begin(wish, session.TrackingTarget);
        return CommandOutcome.Done;
    }

    private static void WriteInfo(Io.OutputBuffer output, Tracking? tracking, int protocol)
    {
        TrackingOptions? options = tracking?.Options;
        List<string> flags = [options is null ? "off" : "on"];
        AddIf(options is { Broadcast: true }, "bcast");
        AddIf(options is { OptIn: true }, "optin");
        AddIf(options is { OptIn: true } && tracking!.Caching == "YES", "caching-yes");
        AddIf(options is { OptOut: true }, "optout");
        AddIf(options is { OptOut: true } && tracking!.Caching == "NO", "caching-no");
        AddIf(options is { NoLoop: true }, "noloop");
        AddIf(tracking?.Target is { IsBroken: true }, "broken_redirect");

        RespWriter.WriteMapHeader(output, 3, protocol);
        RespWriter.WriteBulk(output, "flags"u8);
        output.Append(Encoding.ASCII.GetBytes($"{(protocol == 3 ? '~' : '*')}{flags.Count}\r\n"));
        flags.ForEach(flag => RespWriter.WriteBulk(output, flag));
        RespWriter.WriteBulk(output, "redirect"u8);
        RespWriter.WriteInteger(output, options is null ? -1 : tracking!.Target?.Id ?? 0);
        RespWriter.WriteBulk(output, "prefixes"u8);
        List<byte[]> prefixes = options?.ListPrefixes() ?? [];
        RespWriter.WriteArrayHeader(output, prefixes.Count);
        prefixes.ForEach(prefix => RespWriter.WriteBulk(output, prefix));

        void AddIf(bool isSo, string flag)
        {
            if (isSo)
            {
                flags.Add(flag);
            }
        }
    }
}
