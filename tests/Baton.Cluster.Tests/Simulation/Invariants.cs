using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;

namespace Baton.Cluster.Tests.Simulation;

/// <summary>What must be true of every stored state, and of the world when everything has come to rest.</summary>
internal static class Invariants
{
    public static void HoldAlways(ClusterState before, ClusterState now)
    {
        foreach (DatabaseState database in now.Databases.Values)
        {
            ShardState[] shards = [.. now.ShardsOf(database.Uid)];
            Assert.True(database.Status == DatabaseStatus.CreationFailed || shards.Length > 0, $"database {database.Uid} has no shards");
            foreach (IGrouping<int, ShardState> group in shards.GroupBy(s => s.FirstSlot))
            {
                Assert.Equal(1, group.Count(s => s.Role == ShardRole.Master));
                Assert.Equal(group.Count(), group.Select(s => s.NodeUid).Distinct().Count());
                Assert.Single(group.Select(s => s.LastSlot).Distinct());
            }

            int[] covered = [.. now.MastersOf(database.Uid).SelectMany(m => new[] { m.FirstSlot, m.LastSlot + 1 })];
            Assert.True(shards.Length == 0 || (covered[0] == 0 && covered[^1] == 16384), "slots are not covered");
            bool serves = database.Status is DatabaseStatus.Active or DatabaseStatus.ActiveChangePending;
            Assert.False(serves && database.BoundNodes.IsEmpty, $"database {database.Uid} is bound nowhere");
            OperationState[] running = [.. now.RunningOperationsOf(database.Uid)];
            Assert.True(running.Count(o => o is not UnplannedFailoverOperation) <= 1, "two requests of one database");
            Assert.All(running.OfType<UnplannedFailoverOperation>().GroupBy(o => o.ShardUid), g => Assert.Single(g));
            Assert.All(running.OfType<UnplannedFailoverOperation>().Where(o => o.Phase == UnplannedFailoverPhase.Promoting), o =>
                Assert.DoesNotContain(running.OfType<MoveShardsOperation>(), h => h.Holds(o.ShardUid) || h.Holds(o.SuccessorUid)));
            Assert.All(shards.Where(s => s.InSyncWith != 0), s => Assert.Equal(ShardRole.Replica, s.Role));
            if (before.Databases.TryGetValue(database.Uid, out DatabaseState? earlier))
            {
                Assert.True(database.NextSequence >= earlier.NextSequence, "a sequence went back");
            }
        }

        Assert.Equal(now.Shards.Count, now.Shards.Values.Select(s => s.InstanceId).Distinct().Count());
        Assert.All(now.Operations.Values, o =>
            Assert.False(o.IsFinished && o.Status == OperationStatus.Failed && string.IsNullOrEmpty(o.Error)));
    }

    public static void HoldAtRest(SimulatedWorld world)
    {
        Assert.All(world.State.Operations.Values, o => Assert.True(o.IsFinished, $"{o.Name} {o.Id} rests in {o.PhaseName}"));
        Assert.All(world.State.Databases.Values, d =>
            Assert.Contains(d.Status, new[] { DatabaseStatus.Active, DatabaseStatus.CreationFailed }));
        HashSet<long> named = [.. world.State.Shards.Values.Select(s => s.InstanceId)];
        HashSet<long> givenUp = [.. world.State.Shards.Values.Where(s => s.Status == ShardStatus.Inactive).Select(s => s.InstanceId)];
        Assert.Equal(named.Except(givenUp).Order(), world.Running.Order());
        Assert.Empty(world.Windows);
        foreach (DatabaseState database in world.State.Databases.Values)
        {
            ImmutableSortedSet<int> open = [.. world.Listeners.Where(l => l.Database == database.Uid).Select(l => l.Node)];
            Assert.Equal(database.ListeningNodes, open);
        }
    }

    /// <summary>Only a replica in sync with the master that died is ever asked to take over, and never while that one may serve.</summary>
    public static void HoldForPromotions(SimulatedWorld world) => Assert.All(world.Promoted, p =>
    {
        ShardState replica = p.State.Shards.Values.Single(s => s.InstanceId == p.Instance);
        ShardState master = p.State.MasterOf(replica);
        Assert.Equal(p.Dead, master.InstanceId);
        Assert.Equal(p.Dead, replica.InSyncWith);
        Assert.Equal(ShardStatus.Inactive, master.Status);
    });

    /// <summary>Sequence numbers only grow, and a closer's is its opener's plus one with nothing in between.</summary>
    public static void HoldForAnnouncements(IEnumerable<(int Database, long Sequence, string Kind)> announced)
    {
        foreach (IGrouping<int, (int Database, long Sequence, string Kind)> one in announced.GroupBy(a => a.Database))
        {
            (long Sequence, string Kind)[] list = [.. one.Select(a => (a.Sequence, a.Kind))];
            for (int i = 1; i < list.Length; i++)
            {
                Assert.True(list[i].Sequence > list[i - 1].Sequence, $"{list[i]} after {list[i - 1]}");
                if (list[i].Kind is "Migrated" or "FailedOver")
                {
                    Assert.Equal(list[i - 1].Sequence + 1, list[i].Sequence);
                    Assert.Equal(list[i].Kind == "Migrated" ? "Migrating" : "FailingOver", list[i - 1].Kind);
                }
            }
        }
    }
}
