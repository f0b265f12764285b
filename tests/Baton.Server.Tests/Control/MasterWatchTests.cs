using Baton.Cluster.Model;
using Baton.Cluster.Requests;
using Baton.Server.Proxy;
using Baton.TestKit.Control;
using Xunit;

namespace Baton.Server.Tests.Control;

/// <summary>Engines that live but do not answer: the controller, the clients, or both.</summary>
public sealed class MasterWatchTests
{
    private static readonly CreateDatabase Plain = new() { Name = "db", Port = 12000, MemorySize = 1 << 30, Persistence = "everysec" };

    [Theory]
    [InlineData("redis")]
    [InlineData("garnet")]
    public async Task A_master_without_a_replica_that_answers_nobody_is_ended_and_started_again_on_its_data(string engine)
    {
        await using ControlBed bed = await BedAsync(Plain with { Engine = engine });
        FakeEngine hung = Engine(bed, engine);
        hung.IsStalled = true;
        DateTimeOffset since = bed.Time.GetUtcNow();

        ClusterState down = await bed.RunUntilAsync(s => s.Shards[1].Status == ShardStatus.Inactive);
        Assert.InRange(bed.Time.GetUtcNow() - since, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(8));
        Assert.Contains("master_stall_limit_ms", down.Shards[1].Problem, StringComparison.Ordinal);
        await bed.RunUntilAsync(s => s.Shards[1].Status == ShardStatus.Active);

        Assert.NotSame(hung, Engine(bed, engine));
        Assert.True(Engine(bed, engine).Spec.Recover);
        Assert.Contains("give up instance:1 0ms", bed.Plane.Calls); // what clients wait for there, they are told
    }

    [Fact]
    public async Task A_master_that_answers_busy_is_a_master_however_long()
    {
        await using ControlBed bed = await BedAsync(Plain);
        bed.Redis.Started[1].IsBusy = true;
        bed.Plane.Silence = _ => new ShardSilence(TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(9));

        await PassAsync(bed, TimeSpan.FromSeconds(30));

        AssertLeftAlone(bed);
    }

    [Fact]
    public async Task A_process_that_works_at_a_long_command_is_left_alone_where_nobody_can_take_over()
    {
        await using ControlBed bed = await BedAsync(Plain);
        bed.Redis.Started[1].IsStalled = true;
        DateTimeOffset since = bed.Time.GetUtcNow();

        while (bed.Time.GetUtcNow() - since < TimeSpan.FromSeconds(30))
        {
            bed.Redis.Started[1].ProcessorTime = (bed.Time.GetUtcNow() - since) * 0.9;
            await PassAsync(bed, TimeSpan.FromMilliseconds(100));
        }

        AssertLeftAlone(bed);
    }

    [Fact]
    public async Task A_master_whose_clients_are_served_is_left_alone_when_only_the_controller_hears_nothing()
    {
        await using ControlBed bed = await BedAsync(Plain);
        bed.Redis.Started[1].IsStalled = true;
        bed.Plane.Silence = _ => new ShardSilence(TimeSpan.Zero, TimeSpan.FromMilliseconds(20));

        await PassAsync(bed, TimeSpan.FromSeconds(30));

        AssertLeftAlone(bed);
    }

    [Fact]
    public async Task The_only_copy_of_data_that_is_nowhere_else_is_given_more_time()
    {
        await using ControlBed bed = await BedAsync(Plain with { Persistence = "none" });
        bed.Redis.Started[1].IsStalled = true;

        await PassAsync(bed, TimeSpan.FromSeconds(12));
        AssertLeftAlone(bed);
        await bed.RunUntilAsync(s => s.Shards[1].Status == ShardStatus.Inactive);
    }

    [Fact]
    public async Task Connections_on_which_an_engine_is_silent_while_it_answers_elsewhere_are_given_up()
    {
        await using ControlBed bed = await BedAsync(Plain);
        bed.Plane.Silence = _ => new ShardSilence(TimeSpan.FromSeconds(4), TimeSpan.FromMilliseconds(20));
        await PassAsync(bed, TimeSpan.FromSeconds(30));

        Assert.Contains("give up instance:1 3000ms", bed.Plane.Calls);
        Assert.False(bed.Redis.Started[1].Died.IsCompleted); // others are answered in between
    }

    [Fact]
    public async Task An_engine_that_is_silent_on_one_connection_after_another_is_ended()
    {
        await using ControlBed bed = await BedAsync(Plain);
        bed.Plane.Silence = _ => new ShardSilence(TimeSpan.FromSeconds(4), TimeSpan.MaxValue);

        await bed.RunUntilAsync(s => s.Shards[1].Status == ShardStatus.Inactive);

        Assert.Equal(3, bed.Plane.Calls.Count(call => call == "give up instance:1 3000ms"));
    }

    private static async Task<ControlBed> BedAsync(CreateDatabase create)
    {
        ControlBed bed = await ControlBed.StartAsync();
        await bed.CreateAsync(create);
        Assert.Empty((await bed.RequestAsync(new UpdateCluster { MasterStallLimitMs = 3000 })).Errors);
        return bed;
    }

    private static FakeEngine Engine(ControlBed bed, string engine) => (engine == "redis" ? bed.Redis : bed.Garnet).Started[1];

    /// <summary>Virtual time passes in steps that the watch can follow.</summary>
    private static async Task PassAsync(ControlBed bed, TimeSpan time)
    {
        DateTimeOffset end = bed.Time.GetUtcNow() + time;
        while (bed.Time.GetUtcNow() < end)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken);
            bed.Time.Advance(TimeSpan.FromMilliseconds(50));
        }
    }

    private static void AssertLeftAlone(ControlBed bed)
    {
        Assert.False(bed.Redis.Started[1].Died.IsCompleted);
        Assert.Equal((ShardStatus.Active, 1L), (bed.Controller.State.Shards[1].Status, bed.Controller.State.Shards[1].InstanceId));
        Assert.DoesNotContain(bed.Plane.Calls, call => call.StartsWith("give up", StringComparison.Ordinal));
    }
}
