using Baton.Protocol.Commands;
using Baton.Protocol.Resp;
using Baton.Server.Engines;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>MULTI, EXEC, DISCARD, WATCH, UNWATCH, and what may be queued.</summary>
internal static class Transactions
{
    private const string Aborted = "EXECABORT Transaction discarded because of previous errors.";

    public static CommandOutcome Multi(ClientSession session, CommandFrame command)
    {
        if (session.Transaction is not null)
        {
            return session.Error("ERR MULTI calls can not be nested");
        }

        session.Transaction = new Transaction();
        return session.Ok();
    }

    /// <summary>Any other command while a transaction is open.</summary>
    public static CommandOutcome Queue(ClientSession session, CommandFrame command)
    {
        CommandEntry entry = command.Entry;
        Transaction transaction = session.Transaction!;
        if (WhyNot(session, entry) is { } refusal)
        {
            return session.FailCommand(refusal);
        }

        LoopShard first = session.Database.FirstShard;
        if (entry.Info.Is(CommandFlags.Script) && !first.Support.Capabilities.ScriptsInMulti)
        {
            return session.FailCommand($"ERR {entry.Info.Name} inside MULTI: the embedded engine cannot run scripts in transactions; use --engine redis");
        }

        if (entry.Info.Name == "SELECT" && first.Support.Capabilities.Kind == EngineKind.Garnet)
        {
            return session.FailCommand("ERR SELECT inside MULTI: the embedded engine cannot change the database in a transaction; use --engine redis");
        }

        int slot = session.Database.HasOneShard ? -1 : ClientSession.SlotOf(command);
        if (slot != ClientSession.CrossSlot && entry.Has(CommandPolicy.UndeclaredKeys) && UndeclaredKeys.WhyNot(session, command, ref slot) is { } undeclared)
        {
            return session.FailCommand(undeclared);
        }

        if (slot == ClientSession.CrossSlot || (slot >= 0 && transaction.Slot >= 0 && slot != transaction.Slot))
        {
            return session.FailCommand("CROSSSLOT Keys in request don't hash to the same slot");
        }

        LoopShard shard = slot >= 0 ? session.Database.ShardOf(slot) : first;
        if (shard.Route.WritesRefused && entry.Info.Is(CommandFlags.DenyOom))
        {
            return session.FailCommand("OOM command not allowed when used memory > 'maxmemory'.");
        }

        if ((long)transaction.Bytes + command.Bytes.Length > session.Database.Route.Limits.MaxTransactionBytes)
        {
            return session.FailCommand("ERR the transaction is larger than MaxTransactionBytes");
        }

        if (entry.Has(CommandPolicy.AtExec))
        {
            transaction.AddForSession(command);
        }
        else
        {
            transaction.Add(command, slot);
        }

        return session.Simple("QUEUED");
    }

    public static CommandOutcome Exec(ClientSession session, CommandFrame command)
    {
        if (session.Transaction is not { } transaction)
        {
            return session.Error("ERR EXEC without MULTI");
        }

        WatchedKeys? watch = session.Watch;
        if (transaction.IsTainted)
        {
            if (AwaitsWatchLink(session))
            {
                return session.WaitFor(SessionWait.Barrier);
            }

            session.EndTransaction();
            session.DropWatch();
            return session.Error(Aborted);
        }

        LoopShard shard = transaction.Slot >= 0 ? session.Database.ShardOf(transaction.Slot) : watch?.Shard ?? session.Database.FirstShard;
        if (session.MustWait(shard))
        {
            return session.Park(shard);
        }

        if (session.WaitsForClaims(shard, transaction))
        {
            return CommandOutcome.Wait;
        }

        if (watch is { HasMoved: true } && !session.Replies.IsEmpty)
        {
            // What was sent while the WATCH was on its way went over another link.
            return session.WaitFor(SessionWait.Barrier);
        }

        if (watch is not null && (watch.IsLost || !watch.Serves(shard, session.State.Database)))
        {
            if (AwaitsWatchLink(session))
            {
                return session.WaitFor(SessionWait.Barrier);
            }

            // A WATCH that could not be carried along answers as if a key had changed; one of another slot is an error.
            bool lost = watch.IsLost || watch.Shard == shard;
            session.EndTransaction();
            session.DropWatch();
            return lost
                ? session.Reply(output => RespWriter.WriteNullArray(output, session.State.Protocol))
                : session.Error("CROSSSLOT Keys in request don't hash to the same slot");
        }

        if (transaction.Queued == 0 && watch is null)
        {
            session.EndTransaction();
            return session.Reply(static output => RespWriter.WriteArrayHeader(output, 0));
        }

        if (session.WaitsForGone(transaction))
        {
            return CommandOutcome.Wait;
        }

        bool publishes = transaction is { Publishes: true, ConcernsSession: false } && !shard.Support.Capabilities.SafeUnsubscribing;
        if (publishes && !session.MayPublish(shard))
        {
            return session.WaitFor(SessionWait.Gone);
        }

        if (transaction.HasScripts)
        {
            ScriptCommands.BeforeTransaction(session, shard, transaction);
        }

        if (shard.Tap is { } tap)
        {
            tap.Record(transaction.NamedKeys(session.State.Database));
        }

        if (watch is null && transaction.Lapsed is { } lapsed && shard.Support.Capabilities.Kind == EngineKind.Garnet)
        {
            session.BeginSend(shard).Send(lapsed, DiscardSink.Instance, transaction.LapsedCount);
        }

        if (transaction.ConcernsSession)
        {
            SessionExec.Start(session, shard, transaction);
        }
        else
        {
            session.SendTransaction(shard, transaction);
        }

        if (publishes)
        {
            session.AwaitPublished(shard, isSent: true);
        }

        if (session.Database.AllLoops.ProxyWaiters.Any)
        {
            KeyReadySignal.BehindTransaction(session, shard);
        }

        session.EndTransaction();
        return CommandOutcome.Done;
    }

    public static CommandOutcome Discard(ClientSession session, CommandFrame command)
    {
        if (session.Transaction is null)
        {
            return session.Error("ERR DISCARD without MULTI");
        }

        if (AwaitsWatchLink(session))
        {
            return session.WaitFor(SessionWait.Barrier);
        }

        session.EndTransaction();
        session.DropWatch();
        return session.Ok();
    }

    public static CommandOutcome Watch(ClientSession session, CommandFrame command)
    {
        if (session.Transaction is not null)
        {
            return session.Error("ERR WATCH inside MULTI is not allowed");
        }

        if (!session.TryRoute(command, out LoopShard shard))
        {
            return CommandOutcome.Done;
        }

        if (session.MustWait(shard))
        {
            return session.Park(shard);
        }

        if (session.Watch is { } watch)
        {
            if (watch.Shard != shard)
            {
                return session.Error("CROSSSLOT Keys in request don't hash to the same slot");
            }

            if (!watch.IsLost && !watch.Serves(shard, session.State.Database))
            {
                if (AwaitsWatchLink(session))
                {
                    return session.WaitFor(SessionWait.Barrier);
                }

                watch.Lose();
            }

            if (watch.IsLost)
            {
                // EXEC will answer null whatever is watched besides; and a shared link must never watch.
                return session.Ok();
            }

            watch.Add(command);
            return session.ForwardTo(shard, command);
        }

        if (session.Tracking is { IsOn: true } tracking)
        {
            session.Watch = new WatchedKeys(session, shard, tracking.LinkTo(shard), isLent: true);
            session.Watch.Add(command);
            return session.ForwardTo(shard, command);
        }

        // Earlier commands went over the shared link; they must have been executed before the keys are watched.
        if (!session.Replies.IsEmpty)
        {
            return session.WaitFor(SessionWait.Barrier);
        }

        if (!session.TryTakeLink(shard, out ShardLink? link, out CommandOutcome outcome))
        {
            return outcome;
        }

        session.Watch = new WatchedKeys(session, shard, link, isLent: false);
        session.Watch.Add(command);
        return session.ForwardTo(shard, command);
    }

    public static CommandOutcome Unwatch(ClientSession session, CommandFrame command)
    {
        if (AwaitsWatchLink(session))
        {
            return session.WaitFor(SessionWait.Barrier);
        }

        session.DropWatch();
        return session.Ok();
    }

    private static string? WhyNot(ClientSession session, CommandEntry entry)
    {
        if (entry.Info.Is(CommandFlags.NoMulti))
        {
            return "ERR Command not allowed inside a transaction";
        }

        if (entry.Has(CommandPolicy.NotInMulti))
        {
            return $"ERR {entry.Info.Name.Replace('|', ' ')} inside MULTI is not available here: it concerns the connection or the whole database, "
                + "which a transaction cannot; send it before MULTI";
        }

        return entry.Has(CommandPolicy.OnAllShards) && !session.Database.HasOneShard
            ? $"ERR {entry.Info.Name.Replace('|', ' ')} inside MULTI is not available here: it concerns all shards, a transaction one"
            : null;
    }

    // Giving the link back closes it: what was sent on it before must have been answered.
    private static bool AwaitsWatchLink(ClientSession session) => session.Watch is not null && !session.Replies.IsEmpty;
}
