using Baton.Cluster.Model;

namespace Baton.Server.Control;

/// <summary>Turns what changed between two states into sentences.</summary>
internal static class FeedReporter
{
    /// <summary>Says what a person would want to know.</summary>
    public static void Report(ControlFeed feed, ClusterState before, ClusterState after)
    {
        foreach (OperationState now in after.Operations.Values)
        {
            OperationState? was = before.Operations.GetValueOrDefault(now.Id);
            if (!ReferenceEquals(was, now) && (was?.PhaseName != now.PhaseName || was.Status != now.Status))
            {
                feed.Say("operation", Describe(now));
            }
        }

        foreach (ShardState now in after.Shards.Values)
        {
            if (before.Shards.TryGetValue(now.Uid, out ShardState? was) && was.Problem != now.Problem && now.Problem is not null)
            {
                feed.Say("shard", $"shard {now.Uid} on node {now.NodeUid}: {now.Problem}");
            }
        }

        foreach (DatabaseState now in after.Databases.Values)
        {
            if (before.Databases.TryGetValue(now.Uid, out DatabaseState? was) && !was.ListeningNodes.SetEquals(now.ListeningNodes))
            {
                string nodes = now.ListeningNodes.IsEmpty ? "no node" : $"node {string.Join(", ", now.ListeningNodes)}";
                feed.Say("endpoint", $"database {now.Uid} ('{now.Name}'), port {now.Port}: served by {nodes}");
            }
        }
    }

    private static string Describe(OperationState operation)
    {
        string what = $"{operation.Name} of database {operation.DatabaseUid} (operation {operation.Id}): {operation.PhaseName}";
        IEnumerable<string> waits = operation.HoldMs.Select(h => FormattableString.Invariant($"{h.Value:0.0} ms (shard {h.Key})"));
        string holds = operation.HoldMs.IsEmpty ? "" : $", commands waited {string.Join(", ", waits)}";
        return operation.IsFinished ? $"{what}{holds}{(operation.Error is null ? "" : $": {operation.Error}")}" : what;
    }
}
