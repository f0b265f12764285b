using System.Runtime.CompilerServices;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;
using Baton.Server.Control;
using Baton.Server.Proxy;
using Baton.TestKit;
using Baton.TestKit.Control;
using Xunit;

namespace Baton.Server.Tests.Control;

public sealed class ClusterControllerTests
{
    private static readonly CreateDatabase OneShard = new() { Name = "db", MemorySize = 1 << 20, Port = 12000 };
    private static readonly CreateDatabase WithReplica = OneShard with { Replication = true };

    [Fact]
    public async Task A_created_database_is_published_before_its_listener_opens()
    {
        await using ControlBed bed = await ControlBed.StartAsync();
        bool published = false;
        bed.Plane.Before = call => published |= call.StartsWith("listen", StringComparison.Ordinal)
            && bed.Plane.Snapshot.Databases.ContainsKey(1);

        await bed.CreateAsync(OneShard);

        Assert.True(published);
        Assert.Equal(["listen db:1 node:1 127.0.0.11:12000"], bed.NewCalls());
        Assert.Equal(DatabaseStatus.Active, bed.Controller.State.Databases[1].Status);
    }

    [Fact]
    public async Task A_database_whose_engine_does_not_start_leaves_nothing_running()
    {
        await using ControlBed bed = await ControlBed.StartAsync();
        bed.Redis.Fault = spec => spec.ShardUid == 2 ? "no memory" : null;

        OperationState created = await bed.FinishAsync(OneShard with { ShardsCount = 2 });

        Assert.Contains("no memory", created.Error, StringComparison.Ordinal);
        Assert.Equal(DatabaseStatus.CreationFailed, bed.Controller.State.Databases[1].Status);
        Assert.All(bed.Redis.Started.Values, e => Assert.True(e.IsStopped));
        Assert.Empty(bed.Plane.Listeners);
    }

    [Fact]
    public async Task A_migration_does_its_steps_in_the_order_that_loses_nothing()
    {
        await using ControlBed bed = await ControlBed.StartAsync();
        await bed.CreateAsync(OneShard);
        bed.NewCalls();

        OperationState moved = await bed.FinishAsync(new MigrateShards([1], 2));

        Assert.Equal(
            [
                "open MIGRATING 1 [1]",
                "attach 1->2",
                "approach",
                "hold route:1 500ms",
                "catch-up",
                "commit route:1",
                "fence",
                "promote",
                "switch route:1 instance:2",
                "release route:1",
                "retire fenced",
                "end 1 MIGRATED 2 [1]",
            ],
            InOrderOfTheSwitch(bed.NewCalls()));
        Assert.Equal(1.25, moved.HoldMs[1]);
        Assert.Equal((2, 2L), (bed.Controller.State.Shards[1].NodeUid, bed.Controller.State.Shards[1].InstanceId));
        Assert.True(bed.Redis.Started[1].IsStopped);
        Assert.False(bed.Redis.Started[2].IsStopped);
    }

    [Fact]
    public async Task Commands_are_not_held_before_the_code_of_a_switch_is_compiled()
    {
        TaskCompletionSource compiled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ControlBed bed = await ControlBed.StartAsync(beforeFirstHold: compiled.Task);
        await bed.CreateAsync(OneShard);
        bool? early = null;
        bed.Plane.Before = call => early ??= call.StartsWith("hold", StringComparison.Ordinal) ? !compiled.Task.IsCompleted : null;
        Assert.Empty((await bed.RequestAsync(new MigrateShards([1], 2))).Errors);
        await bed.RunUntilAsync(s => s.Operations.Values.Any(o => o.PhaseName == "Switching"));

        compiled.SetResult();
        await bed.RunUntilAsync(s => s.Operations.Values.All(o => o.IsFinished));

        Assert.False(early);
    }

    [Fact]
    public async Task A_failover_swaps_the_roles_and_the_old_master_follows()
    {
        await using ControlBed bed = await ControlBed.StartAsync();
        await bed.CreateAsync(WithReplica);

        OperationState done = await bed.FinishAsync(new FailoverShards([1]));

        Assert.Null(done.Error);
        Assert.Equal(ShardRole.Replica, bed.Controller.State.Shards[1].Role);
        Assert.Equal(ShardRole.Master, bed.Controller.State.Shards[2].Role);
        Assert.Same(bed.Redis.Started[2], bed.Redis.Started[1].Master);
        Assert.Equal(2, bed.Plane.Snapshot.Databases[1].Shards[0].Target.InstanceId);
        Assert.Equal(1, bed.Plane.Snapshot.Databases[1].Shards[0].Uid);
        Assert.Equal(["open FAILING_OVER 1 [1]", "end 1 FAILED_OVER 2 [1]"],
            bed.NewCalls().Where(c => c.Contains("FAIL", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_bind_opens_the_new_proxy_before_it_announces_and_closes_the_old_one_after_the_announced_time()
    {
        await using ControlBed bed = await ControlBed.StartAsync();
        await bed.CreateAsync(OneShard);
        bed.NewCalls();
        DateTimeOffset began = bed.Time.GetUtcNow();

        await bed.FinishAsync(new UpdateDatabase(1) { ProxyPolicy = ProxyPolicy.Single, TargetNodeUid = 3 });
        await bed.PassUntilAsync(() => bed.Plane.Windows.IsEmpty);

        Assert.Equal(
            ["listen db:1 node:3 127.0.0.13:12000", "open MOVING 1 127.0.0.13:12000 node:1", "close db:1 node:1 EndpointMoved",
                "end 1 silently"],
            bed.NewCalls());
        Assert.True(bed.Time.GetUtcNow() - began >= TimeSpan.FromSeconds(15));
        Assert.Equal([3], bed.Controller.State.Databases[1].BoundNodes);
        Assert.Empty(bed.Plane.Windows);
    }

    [Theory]
    [InlineData("approach", "Failed", true)]
    [InlineData("hold", "Failed", true)]
    [InlineData("catch-up", "Failed", true)]
    [InlineData("fence", "Failed", true)]
    [InlineData("promote", "Failed", true)]
    [InlineData("attach", "Failed", true)]
    [InlineData("switch", "Completed", false)]
    [InlineData("retire", "Completed", false)]
    public async Task A_switch_that_fails_at_a_step_ends_on_the_side_that_is_safe(string step, string outcome, bool aborted)
    {
        await using ControlBed bed = await ControlBed.StartAsync();
        await bed.CreateAsync(OneShard);
        bed.NewCalls();
        bed.Plane.Before = call =>
        {
            if (call.StartsWith(step, StringComparison.Ordinal))
            {
                throw new TimeoutException($"{step} broke");
            }
        };

        OperationState moved = await bed.FinishAsync(new MigrateShards([1], 2));

        string[] calls = bed.NewCalls();
        Assert.Equal(outcome, moved.Status.ToString());
        Assert.Equal(aborted, calls.Contains("abort"));
        Assert.Equal(calls.Count(c => c == "commit route:1" || c == "catch-up") > 0, calls.Contains("release route:1"));
        Assert.Contains("end 1 MIGRATED 2 [1]", calls);
        ShardState shard = bed.Controller.State.Shards[1];
        Assert.Equal(outcome == "Completed" ? 2 : 1, shard.NodeUid);
        Assert.False(bed.Redis.Started[shard.InstanceId].IsStopped);
        Assert.All(bed.Redis.Started.Where(e => e.Key != shard.InstanceId), e => Assert.True(e.Value.IsStopped));
        Assert.Equal(outcome == "Failed", moved.Error?.Contains("broke", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task A_hold_that_runs_out_is_tried_three_times_and_then_rolled_back()
    {
        await using ControlBed bed = await ControlBed.StartAsync();
        await bed.CreateAsync(OneShard);
        bed.NewCalls();
        bed.Plane.HoldsExpire = true;

        OperationState moved = await bed.FinishAsync(new MigrateShards([1], 2));

        string[] calls = bed.NewCalls();
        Assert.Equal(3, calls.Count(c => c.StartsWith("hold", StringComparison.Ordinal)));
        Assert.Equal(3, calls.Count(c => c == "abort"));
        Assert.DoesNotContain("promote", calls);
        Assert.Contains("500 ms", moved.Error, StringComparison.Ordinal);
        Assert.Contains("rolled back", moved.Error, StringComparison.Ordinal);
        Assert.Equal(2, moved.Retries);
    }

    [Fact]
    public async Task A_master_that_dies_is_started_again_on_its_data()
    {
        await using ControlBed bed = await ControlBed.StartAsync();
        await bed.CreateAsync(OneShard);
        FakeEngine first = bed.Redis.Started[1];

        first.Die("killed");
        await bed.RunUntilAsync(s => s.Shards[1].Status == ShardStatus.Inactive);
        await bed.RunUntilAsync(s => s.Shards[1].Status == ShardStatus.Active);

        Assert.NotSame(first, bed.Redis.Started[1]);
        Assert.True(bed.Redis.Started[1].Spec.Recover);
        Assert.Equal(bed.Redis.Started[1].Address, bed.Plane.Snapshot.Databases[1].Shards[0].Target.Address);
    }

    [Fact]
    public async Task Writes_to_a_full_embedded_engine_are_refused_until_there_is_room_again()
    {
        await using ControlBed bed = await ControlBed.StartAsync();
        await bed.CreateAsync(OneShard with { Engine = "garnet" });
        FakeEngine engine = bed.Garnet.Started[1];
        ShardRoute Route() => bed.Plane.Snapshot.Databases[1].Shards[0];

        engine.UsedMemoryBytes = (1 << 20) + 1;
        await UntilAsync(bed, () => Route().WritesRefused);
        engine.UsedMemoryBytes = (long)((1 << 20) * 0.96);
        bed.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(Route().WritesRefused);
        engine.UsedMemoryBytes = (long)((1 << 20) * 0.94);
        await UntilAsync(bed, () => !Route().WritesRefused);
    }

    [Fact]
    public async Task A_port_another_program_has_is_unavailable_and_nothing_is_changed()
    {
        await using ControlBed bed = await ControlBed.StartAsync();
        bed.Ports.Taken = 12345;

        RequestResult result = await bed.RequestAsync(OneShard with { Port = 12345, Name = "no good" });

        Assert.Equal(["name_violation", "port_unavailable"], result.Errors.Select(e => e.Code).Order());
        Assert.Empty(bed.Controller.State.Databases);
    }

    private static Task UntilAsync(ControlBed bed, Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Eventually.TrueAsync(
            () =>
            {
                bed.Time.Advance(TimeSpan.FromMilliseconds(50));
                return condition();
            },
            TimeSpan.FromSeconds(20),
            what);

    /// <summary>The closing notification and the retirement run side by side; both come after the release.</summary>
    private static IEnumerable<string> InOrderOfTheSwitch(string[] calls)
    {
        Assert.Equal(["end 1 MIGRATED 2 [1]", "retire fenced"], calls[^2..].Order());
        return [.. calls[..^2], .. calls[^2..].OrderDescending()];
    }
}
