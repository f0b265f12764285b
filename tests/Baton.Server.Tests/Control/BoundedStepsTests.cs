using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;
using Baton.Server.Control;
using Xunit;

namespace Baton.Server.Tests.Control;

/// <summary>
/// At each step of each operation the other side never answers and heeds no token: the operation ends all the same, and says which bound it was.
/// </summary>
public sealed class BoundedStepsTests
{
    private static readonly CreateDatabase Plain = new() { Name = "db", Port = 12000, MemorySize = 1 << 30 };

    private static readonly ControlLimits Limits = ControlLimits.Default with
    {
        StartLimit = TimeSpan.FromSeconds(3),
        StopLimit = TimeSpan.FromSeconds(3),
        AttachStallLimit = TimeSpan.FromSeconds(3),
        ApproachLimit = TimeSpan.FromSeconds(3),
        AbandonLimit = TimeSpan.FromSeconds(2),
        FenceLimit = TimeSpan.FromSeconds(3),
        ForwardLimit = TimeSpan.FromSeconds(2),
    };

    [Theory]
    [InlineData("attach 1->2", "AttachStallLimit")]
    [InlineData("approach", "ApproachLimit")]
    [InlineData("catch-up", "limit of 500 ms")]
    [InlineData("fence", "FenceLimit")]
    [InlineData("promote", "ForwardLimit")]
    public async Task A_move_whose_step_never_ends_is_rolled_back_and_names_the_bound(string step, string bound)
    {
        await using ControlBed bed = await ControlBed.StartAsync(limits: Limits);
        await bed.CreateAsync(Plain);
        bed.Plane.HoldsEndAtTheirLimit = step == "catch-up";
        bed.Plane.Hangs = what => what == step || what == "abort"; // and its undoing hangs too

        OperationState migrate = await bed.FinishAsync(new MigrateShards([1], 2));

        Assert.Equal(OperationStatus.Failed, migrate.Status);
        Assert.Contains(bound, migrate.Error, StringComparison.Ordinal);
        Assert.Equal((1L, 1), (bed.Controller.State.Shards[1].InstanceId, bed.Controller.State.Shards[1].NodeUid));
        Assert.False(bed.Redis.Started[1].IsStopped);
    }

    [Fact]
    public async Task A_move_whose_old_instance_never_retires_is_over_all_the_same()
    {
        await using ControlBed bed = await ControlBed.StartAsync(limits: Limits);
        await bed.CreateAsync(Plain);
        bed.Plane.Hangs = what => what.StartsWith("retire", StringComparison.Ordinal);

        OperationState migrate = await bed.FinishAsync(new MigrateShards([1], 2));

        Assert.Null(migrate.Error);
        Assert.Equal((2L, 2), (bed.Controller.State.Shards[1].InstanceId, bed.Controller.State.Shards[1].NodeUid));
    }

    [Fact]
    public async Task A_create_whose_engine_never_comes_up_fails_and_names_the_bound()
    {
        await using ControlBed bed = await ControlBed.StartAsync(limits: Limits);
        bed.Redis.Hangs = true;

        OperationState create = await bed.FinishAsync(Plain);

        Assert.Contains(nameof(ControlLimits.StartLimit), create.Error, StringComparison.Ordinal);
        Assert.Equal(DatabaseStatus.CreationFailed, bed.Controller.State.Databases[1].Status);
    }

    [Fact]
    public async Task Listeners_that_never_open_fail_what_asked_for_them_and_name_the_bound()
    {
        await using ControlBed bed = await ControlBed.StartAsync(limits: Limits);
        await bed.CreateAsync(Plain);
        bed.Plane.Hangs = what => what == "listen";

        OperationState bind = await bed.FinishAsync(new UpdateDatabase(1) { ProxyPolicy = ProxyPolicy.AllNodes });
        OperationState create = await bed.FinishAsync(Plain with { Name = "other", Port = 12001 });

        Assert.Contains(nameof(ControlLimits.ListenLimit), bind.Error, StringComparison.Ordinal);
        Assert.Equal([1], bed.Controller.State.Databases[1].BoundNodes);
        Assert.Contains(nameof(ControlLimits.ListenLimit), create.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_never_closes_or_stops_does_not_keep_a_database_from_being_deleted()
    {
        await using ControlBed bed = await ControlBed.StartAsync(limits: Limits);
        bed.Redis.StopsHang = true;
        await bed.CreateAsync(Plain);
        bed.Plane.Hangs = what => what == "close";

        OperationState delete = await bed.FinishAsync(new DeleteDatabase(1));

        Assert.Null(delete.Error);
        Assert.Empty(bed.Controller.State.Databases);
    }
}
