using Baton.Protocol.Cluster;
using Baton.Protocol.Subscriptions;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>The SUBSCRIBE family and PUBLISH.</summary>
internal static class PubSubCommands
{
    /// <summary>Subscribes or unsubscribes: earlier replies first, then a link to each shard concerned, then the change itself.</summary>
    public static CommandOutcome Change(ClientSession session, CommandFrame command)
    {
        SubscriptionKind kind = SubscriptionNames.KindOf(command[0]);
        bool subscribe = !command.Entry.Info.Name.Contains("UNSUB", StringComparison.Ordinal);
        if (subscribe && command.Count < 2)
        {
            return session.Error($"ERR wrong number of arguments for '{command.Entry.LowerName}' command");
        }

        if (!session.Replies.IsEmpty)
        {
            return session.WaitFor(SessionWait.Barrier);
        }

        List<LoopShard> shards = ShardsOf(session, command, kind);
        foreach (LoopShard shard in shards)
        {
            if (session.MustWait(shard))
            {
                return session.Park(shard);
            }
        }

        Subscriptions subscriptions = session.Subscriptions ??= new Subscriptions(session);
        foreach (LoopShard shard in shards)
        {
            if (subscribe && !subscriptions.HasLink(shard))
            {
                if (!session.TryTakeLink(shard, protocol: 3, database: 0, out ShardLink? link, out CommandOutcome outcome))
                {
                    return outcome;
                }

                subscriptions.AddLink(shard, link);
            }
        }

        List<byte[]> names = [];
        for (int i = 1; i < command.Count; i++)
        {
            names.Add(command[i].ToArray());
        }

        if (!subscribe && names.Count == 0)
        {
            names.AddRange(subscriptions.Names(kind));
        }

        subscriptions.Begin(kind, subscribe, names);
        return CommandOutcome.Done;
    }

    /// <summary>To the shard of the channel's slot; subscribers listen there, so the count is theirs.</summary>
    public static CommandOutcome Publish(ClientSession session, CommandFrame command)
    {
        LoopShard shard = session.Database.HasOneShard || command.Count < 2
            ? session.Database.FirstShard
            : session.Database.ShardOf(HashSlot.Of(command[1]));
        if (shard.Support.Capabilities.SafeUnsubscribing || session.MustWait(shard))
        {
            return session.ForwardTo(shard, command);
        }

        if (!session.MayPublish(shard))
        {
            return session.WaitFor(SessionWait.Gone);
        }

        CommandOutcome outcome = session.ForwardTo(shard, command);
        session.AwaitPublished(shard, isSent: outcome == CommandOutcome.Done);
        return outcome;
    }

    private static List<LoopShard> ShardsOf(ClientSession session, CommandFrame command, SubscriptionKind kind)
    {
        if (kind != SubscriptionKind.Sharded || session.Database.HasOneShard)
        {
            return [.. session.Database.Shards];
        }

        List<LoopShard> shards = [];
        for (int i = 1; i < command.Count; i++)
        {
            LoopShard shard = session.Database.ShardOf(HashSlot.Of(command[i]));
            if (!shards.Contains(shard))
            {
                shards.Add(shard);
            }
        }

        return shards;
    }
}
