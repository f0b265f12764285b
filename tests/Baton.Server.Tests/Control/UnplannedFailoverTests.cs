using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;
using Baton.TestKit.Control;
using Xunit;

namespace Baton.Server.Tests.Control;

public sealed class UnplannedFailoverTests
{
    private static readonly CreateDatabase WithReplica = new() { Name = "db", MemorySize = 1 << 20, Port = 12000, Replication = true };

    [Fact]
    public async Task The_replica_of_a_dead_master_serves_and_a_new_one_follows_it()
    {
        await using ControlBed bed = await BedAsync(WithReplica);

        bed.Redis.Started[1].Die("killed");
        OperationState failover = await EndAsync(bed);

        Assert.Null(failover.Error);
        Assert.True(bed.Redis.Started[1].IsStopped);
        Assert.Null(bed.Redis.Started[2].Master);
        Assert.Same(bed.Redis.Started[2], bed.Redis.Started[3].Master);
        Assert.Equal(2, bed.Plane.Snapshot.Databases[1].Shards.Single().Target.InstanceId);
        Assert.Equal((ShardRole.Replica, 3L, 2L), RoleOf(bed, 1));
        Assert.Equal((ShardRole.Master, 2L, 0L), RoleOf(bed, 2));
        Assert.Equal(["open FAILING_OVER 1 [1]", "end 1 FAILED_OVER 2 [1]"], bed.NewCalls());
    }

    [Fact]
    public async Task A_replica_that_lacks_what_the_master_was_seen_to_have_does_not_take_over_from_a_master_with_data()
    {
        await using ControlBed bed = await BedAsync(WithReplica);
        await SeenAtAsync(bed, masterOffset: 900, replicaOffset: 500);

        bed.Redis.Started[1].Die("killed");
        OperationState failover = await EndAsync(bed);

        Assert.Contains("lacks 400 bytes", failover.Error, StringComparison.Ordinal);
        await bed.RunUntilAsync(s => s.Shards[1] is { Role: ShardRole.Master, InstanceId: 1, Status: ShardStatus.Active });
        await bed.RunUntilAsync(s => s.Shards[2].InSyncWith == 1);
        Assert.Same(bed.Redis.Started[1], bed.Redis.Started[2].Master);
    }

    [Fact]
    public async Task Where_the_master_has_no_data_a_replica_that_lacks_something_is_the_best_copy()
    {
        await using ControlBed bed = await BedAsync(WithReplica with { Persistence = "none" });
        await SeenAtAsync(bed, masterOffset: 900, replicaOffset: 500);

        bed.Redis.Started[1].Die("killed");

        Assert.Null((await EndAsync(bed)).Error);
        Assert.Equal((ShardRole.Master, 2L, 0L), RoleOf(bed, 2));
    }

    [Fact]
    public async Task A_replica_whose_master_has_not_heard_from_it_is_not_in_sync()
    {
        await using ControlBed bed = await BedAsync(WithReplica);
        bed.Redis.Started[2].Die("killed");
        await bed.RunUntilAsync(s => s.Shards[2].Status == ShardStatus.Active && bed.Redis.Started[2].Master is not null);
        Assert.Equal(1, (await bed.RunUntilAsync(s => s.Shards[2].InSyncWith != 0)).Shards[2].InSyncWith);

        bed.Redis.HearsNothing = true;
        bed.Redis.Started[2].Die("killed again");
        await bed.RunUntilAsync(_ => (bed.Redis.Started[2].Master is not null && bed.Redis.Started[2].Probes > 3) || Poke(bed));

        Assert.Equal(0, bed.Controller.State.Shards[2].InSyncWith);
    }

    [Fact]
    public async Task A_master_that_stalls_beyond_its_limit_is_ended_and_its_replica_takes_over()
    {
        await using ControlBed bed = await BedAsync(WithReplica);
        Assert.Empty((await bed.RequestAsync(new UpdateCluster { MasterStallLimitMs = 3000 })).Errors);

        bed.Redis.Started[1].IsStalled = true;
        DateTimeOffset since = bed.Time.GetUtcNow();
        OperationState failover = await EndAsync(bed);

        Assert.Null(failover.Error);
        Assert.True(failover.StartedAt - since >= TimeSpan.FromSeconds(2.5), $"after {failover.StartedAt - since}");
        Assert.True(bed.Redis.Started[1].IsStopped);
        Assert.Equal((ShardRole.Master, 2L, 0L), RoleOf(bed, 2));
    }

    [Fact]
    public async Task A_stalled_master_is_left_alone_when_the_limit_is_off()
    {
        await using ControlBed bed = await BedAsync(WithReplica);
        Assert.Empty((await bed.RequestAsync(new UpdateCluster { MasterStallLimitMs = 0 })).Errors);
        await bed.CreateAsync(WithReplica with { Port = 12001, Replication = false });
        bed.Redis.Started[1].IsStalled = bed.Redis.Started[3].IsStalled = true;
        DateTimeOffset since = bed.Time.GetUtcNow();

        await bed.RequestAsync(new UpdateCluster { HoldLimitMs = 400 });
        await bed.RunUntilAsync(_ => bed.Time.GetUtcNow() - since > TimeSpan.FromMinutes(1) || Poke(bed));

        Assert.DoesNotContain(bed.Controller.State.Operations.Values, o => o is UnplannedFailoverOperation);
        Assert.False(bed.Redis.Started[1].Died.IsCompleted || bed.Redis.Started[3].Died.IsCompleted);
    }

    [Fact]
    public async Task A_replica_that_refuses_is_asked_again_and_then_the_master_starts_on_its_data()
    {
        await using ControlBed bed = await BedAsync(WithReplica);
        bed.Redis.Started[2].PromotionFault = "READONLY";

        bed.Redis.Started[1].Die("killed");
        OperationState failover = await EndAsync(bed);

        Assert.Contains("READONLY", failover.Error, StringComparison.Ordinal);
        await bed.RunUntilAsync(s => s.Shards[1] is { Role: ShardRole.Master, Status: ShardStatus.Active, InstanceId: 1 });
    }

    [Fact]
    public async Task A_master_that_dies_in_its_planned_failover_is_taken_over_and_the_end_of_the_plan_does_not_undo_it()
    {
        await using ControlBed bed = await BedAsync(WithReplica);
        RequestResult planned = await bed.RequestAsync(new FailoverShards([1]));
        Assert.Empty(planned.Errors);

        bed.Redis.Started[1].Die("killed");
        OperationState failover = await EndAsync(bed);

        Assert.Null(failover.Error);
        Assert.Equal(OperationStatus.Failed, bed.Controller.State.Operations.Values.Single(o => o is FailoverShardsOperation).Status);
        Assert.Null(bed.Redis.Started[2].Master);
        Assert.Equal((ShardRole.Master, 2L, 0L), RoleOf(bed, 2));
    }

    private static async Task<ControlBed> BedAsync(CreateDatabase database)
    {
        ControlBed bed = await ControlBed.StartAsync();
        await bed.CreateAsync(database);
        bed.NewCalls();
        return bed;
    }

    private static async Task<OperationState> EndAsync(ControlBed bed)
    {
        ClusterState state = await bed.RunUntilAsync(s => s.Operations.Values.Any(o => o is UnplannedFailoverOperation { IsFinished: true }));
        return state.Operations.Values.First(o => o is UnplannedFailoverOperation);
    }

    /// <summary>Lets the watch see the master's offset.</summary>
    private static async Task SeenAtAsync(ControlBed bed, long masterOffset, long replicaOffset)
    {
        bed.Redis.Started[1].Offset = masterOffset;
        bed.Redis.Started[2].Offset = replicaOffset;
        int probes = bed.Redis.Started[1].Probes;
        await bed.RunUntilAsync(_ => bed.Redis.Started[1].Probes > probes + 1 || Poke(bed));
    }

    /// <summary>Predicates are looked at after a change of the state only: makes one.</summary>
    private static bool Poke(ControlBed bed)
    {
        _ = bed.Controller.RequestAsync(new UpdateCluster { HandoffsDelayMs = 1000 + (_poked++ % 1000) }, CancellationToken.None);
        return false;
    }

    private static int _poked;

    private static (ShardRole Role, long Instance, long InSyncWith) RoleOf(ControlBed bed, int shard)
    {
        ShardState state = bed.Controller.State.Shards[shard];
        return (state.Role, state.InstanceId, state.InSyncWith);
    }
}
