using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Server.Store;
using Xunit;

namespace Baton.Server.Tests.Store;

public sealed class StateRecoveryTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_each_range_the_master_of_the_highest_epoch_serves_whatever_was_left_of_others()
    {
        StateRecovery recovery = StateRecovery.From(
            [
                Folder(1, 1, (0, 8191), InstanceRole.Master, epoch: 0), Folder(2, 2, (8192, 16383), InstanceRole.Master, epoch: 3),
                Folder(3, 1, (0, 8191), InstanceRole.Master, epoch: 1), Folder(7, 1, (0, 8191), InstanceRole.Target, epoch: 5),
            ],
            known: null, Now);

        ClusterState state = recovery.State!;
        Assert.Empty(recovery.Problems);
        Assert.Equal([(1, 3L, 0, 8191, 1L), (2, 2L, 8192, 16383, 3L)], state.MastersOf(1).Select(m => (m.Uid, m.InstanceId, m.FirstSlot, m.LastSlot, m.Epoch)));
        Assert.Equal(("serves", "serves"), (recovery.Verdicts[2], recovery.Verdicts[3]));
        Assert.Equal("not used: instance 3 serves its slots (epoch 1)", recovery.Verdicts[1]);
        Assert.StartsWith("not used: operation 9 made it", recovery.Verdicts[7], StringComparison.Ordinal);
        Assert.Equal((8L, 3, 2, 10L), (state.NextInstanceId, state.NextShardUid, state.NextDatabaseUid, state.NextOperationId));
        Assert.Equal(("the-cluster", DatabaseStatus.Active), (state.Settings.Id, state.Databases[1].Status));
        Assert.True(state.Databases[1].NextSequence > 1_000_000);
    }

    [Fact]
    public void The_newest_word_about_the_database_counts()
    {
        StateRecovery recovery = StateRecovery.From(
            [
                Folder(1, 1, (0, 8191), InstanceRole.Master, epoch: 9, revision: 20),
                Folder(2, 2, (8192, 16383), InstanceRole.Master, epoch: 0, revision: 30, password: "new"),
            ],
            known: null, Now);

        Assert.Equal("new", recovery.State!.Databases[1].Password);
    }

    [Fact]
    public void A_replicated_database_gets_its_replicas_back_on_other_nodes()
    {
        FoundInstance master = Folder(1, 1, (0, 16383), InstanceRole.Master, epoch: 2, replication: true);
        FoundInstance replica = Folder(2, 2, (0, 16383), InstanceRole.Replica, epoch: 0, replication: true, node: 2);

        ClusterState both = StateRecovery.From([master, replica], null, Now).State!;
        ClusterState alone = StateRecovery.From([master], null, Now).State!;

        Assert.Equal((2, 2L, 2), both.ReplicasOf(both.Shards[1]).Select(r => (r.Uid, r.InstanceId, r.NodeUid)).Single());
        Assert.Equal((2, 2L, 2), alone.ReplicasOf(alone.Shards[1]).Select(r => (r.Uid, r.InstanceId, r.NodeUid)).Single());
        Assert.Equal(3, alone.NextInstanceId);
    }

    [Fact]
    public void What_is_not_certain_is_refused_by_name()
    {
        (FoundInstance[] Found, ClusterState? Known, string Says)[] rows =
        [
            ([], null, "no instance's folder says what it is"),
            ([new FoundInstance(1, "instances/1", null, "no instance.json", true)], null, "no instance's folder says what it is"),
            ([Folder(1, 1, (0, 16383), InstanceRole.Master, 2), Folder(2, 1, (0, 16383), InstanceRole.Master, 2)], null, "two masters of one epoch"),
            ([Folder(1, 1, (0, 16383), InstanceRole.Replica, 2)], null, "have no master"),
            ([Folder(1, 1, (0, 16383), InstanceRole.Target, 2)], null, "have no master"),
            ([Folder(1, 1, (0, 8191), InstanceRole.Master, 2)], null, "from 8192 on"),
            ([Folder(1, 1, (8192, 16383), InstanceRole.Master, 2)], null, "from 0 on"),
            ([Folder(1, 1, (0, 16383), InstanceRole.Master, 2, hasLog: false)], null, "have lost their data"),
            ([Folder(1, 1, (0, 16383), InstanceRole.Master, 2), Folder(2, 1, (0, 16383), InstanceRole.Master, 3, cluster: "other")], null, "of 2 clusters"),
            ([Folder(1, 1, (0, 16383), InstanceRole.Master, 2)], KnowsEpoch(3), "the state knows one of epoch 3"),
        ];
        foreach ((FoundInstance[] found, ClusterState? known, string says) in rows)
        {
            StateRecovery recovery = StateRecovery.From(found, known, Now);

            Assert.Null(recovery.State);
            Assert.Contains(says, string.Join("; ", recovery.Problems), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_folder_under_another_number_is_left_alone()
    {
        FoundInstance right = Folder(1, 1, (0, 16383), InstanceRole.Master, epoch: 1);
        FoundInstance copied = Folder(5, 1, (0, 16383), InstanceRole.Master, epoch: 2) with { Id = 6 };

        StateRecovery recovery = StateRecovery.From([right, copied], null, Now);

        Assert.Equal(1, recovery.State!.Shards[1].InstanceId);
        Assert.Equal("left alone: it is instance 5's", recovery.Verdicts[6]);
        Assert.Equal(7, recovery.State.NextInstanceId);
    }

    private static ClusterState KnowsEpoch(long epoch)
    {
        ClusterState state = StateRecovery.From([Folder(1, 1, (0, 16383), InstanceRole.Master, epoch)], null, Now).State!;
        return state;
    }

    private static FoundInstance Folder(
        long id, int shard, (int First, int Last) slots, InstanceRole role, long epoch, long revision = 10, bool replication = false,
        int node = 1, bool hasLog = true, string cluster = "the-cluster", string? password = null)
    {
        InstanceManifest manifest = new()
        {
            Revision = revision,
            InstanceId = id,
            Role = role,
            Epoch = epoch,
            ShardUid = shard,
            FirstSlot = slots.First,
            LastSlot = slots.Last,
            NodeUid = node,
            OperationId = role == InstanceRole.Target ? 9 : 0,
            Database = new DatabaseState
            {
                Uid = 1, Name = "db", Port = 12000, MemorySize = 1, Engine = "redis", Persistence = "always", Replication = replication, Password = password,
                BoundNodes = [1],
            },
            Cluster = new ClusterSettings { Id = cluster, Name = "cluster.test" },
            Nodes = [.. Enumerable.Range(1, 3).Select(n => new NodeState { Uid = n, Address = $"127.0.0.{10 + n}" })],
        };
        return new FoundInstance(id, $"instances/{id}", manifest, null, hasLog);
    }
}
