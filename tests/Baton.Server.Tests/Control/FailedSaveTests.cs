using Baton.Cluster.Model;
using Baton.Cluster.Requests;
using Baton.Server.Control;
using Baton.Server.Proxy;
using Baton.Server.Store;
using Xunit;

namespace Baton.Server.Tests.Control;

/// <summary>A state that cannot be saved: what serves goes on serving, what changes waits or is refused, and all goes on by itself.</summary>
public sealed class FailedSaveTests
{
    private static readonly CreateDatabase OneShard = new() { Name = "db", MemorySize = 1 << 20, Port = 12000, Persistence = "always" };

    private readonly FailingStore _store = new();

    [Fact]
    public async Task An_operation_waits_with_pauses_that_grow_and_completes_when_there_is_room()
    {
        await using ControlBed bed = await ControlBed.StartAsync(_store);
        await bed.CreateAsync(OneShard);
        await bed.RequestAsync(new MigrateShards([1], 2));
        _store.Full = true;

        await bed.PassAsync(TimeSpan.FromSeconds(3));
        int early = _store.TakeRefused();
        await bed.PassAsync(TimeSpan.FromSeconds(60));
        int later = _store.TakeRefused();

        Assert.InRange(early, 1, 6);
        Assert.InRange(later, 2, 62); // SavePauseMost is a second.
        Assert.Equal(("store", "the disk is full."), (bed.Controller.Alarm?.Name, bed.Controller.Alarm?.Reason));
        Assert.False(bed.Controller.Faulted.IsCompleted);
        Assert.Equal(1, bed.Plane.Snapshot.Databases[1].Shards[0].Target.InstanceId);

        _store.Full = false;
        ClusterState over = await bed.RunUntilAsync(s => s.Operations.Values.All(o => o.IsFinished));

        Assert.Null(bed.Controller.Alarm);
        Assert.Equal(OperationStatus.Completed, over.Operations[2].Status);
        Assert.Equal(2, over.Shards[1].NodeUid);
        Assert.Equal(over.Shards[1].InstanceId, _store.Saved!.Shards[1].InstanceId);
    }

    [Fact]
    public async Task A_request_is_refused_by_name_changes_nothing_and_is_taken_when_there_is_room()
    {
        await using ControlBed bed = await ControlBed.StartAsync(_store);
        await bed.CreateAsync(OneShard);
        ClusterState before = bed.Controller.State;
        _store.Full = true;

        RequestResult refused = await bed.RequestAsync(new MigrateShards([1], 2));

        RequestError error = Assert.Single(refused.Errors);
        Assert.Equal((RequestErrorKind.Unavailable, "store_unavailable"), (error.Kind, error.Code));
        Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
        Assert.Same(before, bed.Controller.State);

        _store.Full = false;
        OperationState moved = await bed.FinishAsync(new MigrateShards([1], 2)); // At once: who asks does not wait for a pause.

        Assert.Equal(OperationStatus.Completed, moved.Status);
        Assert.Null(bed.Controller.Alarm);
    }

    [Fact]
    public async Task A_refused_request_leaves_no_trace_in_what_is_stored()
    {
        await using ControlBed bed = await ControlBed.StartAsync(_store);
        await bed.CreateAsync(OneShard);
        _store.Full = true;
        await bed.RequestAsync(new MigrateShards([1], 2));
        _store.Full = false;

        await bed.PassUntilAsync(() => bed.Controller.Alarm is null); // Nobody asks for anything: the state as it is is saved again.

        Assert.DoesNotContain(_store.Saved!.Operations.Values, o => o.Name == "migrate");
    }

    [Fact]
    public async Task A_committed_switch_holds_its_commands_until_it_is_stored_and_says_so()
    {
        await using ControlBed bed = await ControlBed.StartAsync(_store);
        await bed.CreateAsync(OneShard);
        bed.Plane.Before = call => _store.Full |= call == "promote";
        await bed.RequestAsync(new MigrateShards([1], 2));

        await bed.PassAsync(TimeSpan.FromSeconds(30));

        Assert.Contains("promote", bed.Plane.Calls);
        Assert.DoesNotContain(bed.Plane.Calls, c => c.StartsWith("switch", StringComparison.Ordinal) || c.StartsWith("release", StringComparison.Ordinal));
        Assert.False(bed.Controller.Faulted.IsCompleted);
        Assert.Contains(bed.FeedSoFar(), e => e.Text.Contains("commands wait until it is", StringComparison.Ordinal));

        bed.Plane.Before = _ => { };
        _store.Full = false;
        ClusterState over = await bed.RunUntilAsync(s => s.Operations.Values.All(o => o.IsFinished));

        Assert.Equal(OperationStatus.Completed, over.Operations[2].Status);
        Assert.Contains("switch route:1 instance:2", bed.Plane.Calls);
    }

    [Fact]
    public async Task What_dies_is_started_again_although_nothing_can_be_saved()
    {
        await using ControlBed bed = await ControlBed.StartAsync(_store);
        await bed.CreateAsync(OneShard);
        _store.Full = true;

        bed.Redis.Started[1].Die("killed");
        await bed.RunUntilAsync(s => s.Shards[1].Status == ShardStatus.Inactive);
        ClusterState again = await bed.RunUntilAsync(s => s.Shards[1].Status == ShardStatus.Active);

        Assert.Equal(1, again.Shards[1].Restarts);
        Assert.NotNull(bed.Controller.Alarm);
    }

    [Fact]
    public async Task A_start_serves_what_is_there_although_nothing_can_be_saved()
    {
        await using (ControlBed bed = await ControlBed.StartAsync(_store))
        {
            await bed.CreateAsync(OneShard);
            await bed.RequestAsync(new MigrateShards([1], 2)); // Cut off by the end: to be concluded by the next start.
        }

        _store.Full = true;
        await using ControlBed next = await ControlBed.StartAsync(_store);
        ClusterState up = await next.RunUntilAsync(s => s.Databases[1].ListeningNodes.Contains(1));

        Assert.Equal(ShardStatus.Active, up.Shards[1].Status);
        Assert.True(next.Redis.Started[1].Spec.Recover);
        Assert.Equal(1, next.Plane.Snapshot.Databases[1].Shards[0].Target.InstanceId);
        Assert.NotNull(next.Controller.Alarm);

        _store.Full = false;
        await next.PassUntilAsync(() => next.Controller.Alarm is null);
        Assert.Equal(OperationStatus.Failed, _store.Saved!.Operations[2].Status);
    }

    [Fact]
    public async Task Who_proves_the_store_hears_that_it_cannot_be_written_to()
    {
        await using ControlBed bed = await ControlBed.StartAsync(_store);
        IEventSink sink = bed.Controller;
        await sink.ProbeStoreAsync();
        _store.Full = true;

        await Assert.ThrowsAsync<StoreException>(sink.ProbeStoreAsync);

        Assert.Null(bed.Controller.Alarm); // Nothing was to be saved.
        Assert.False(bed.Controller.Faulted.IsCompleted);
    }

    [Fact]
    public async Task Proxies_that_take_long_do_not_end_the_control_plane()
    {
        await using ControlBed bed = await ControlBed.StartAsync(_store);
        await bed.CreateAsync(OneShard);
        bed.Plane.Publishing = new TaskCompletionSource();
        Task<RequestResult> asked = bed.RequestAsync(new UpdateCluster { ClientMaintNotifications = true });

        await bed.PassAsync(TimeSpan.FromMinutes(1));
        Assert.False(asked.IsCompleted);
        Assert.False(bed.Controller.Faulted.IsCompleted);
        bed.Plane.Publishing.SetResult();

        Assert.Empty((await asked).Errors);
    }
}
