using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;
using Baton.Server.Store;
using Xunit;

namespace Baton.Server.Tests.Control;

/// <summary>
/// The process ends at every stored state of every operation; started again, everything is finished or rolled back and serves.
/// </summary>
public sealed class RestartTests
{
    private static readonly CreateDatabase Sharded =
        new() { Name = "db", MemorySize = 1 << 20, Port = 12000, ShardsCount = 2, Replication = true };

    [Fact]
    public async Task Create_is_taken_up_at_every_stored_state() =>
        await CrashEverywhereAsync(null, s => Assert.Equal(DatabaseStatus.Active, s.Databases[1].Status));

    [Fact]
    public async Task Migrate_is_finished_or_rolled_back_at_every_stored_state() =>
        await CrashEverywhereAsync(new MigrateShards([1, 3], 3), s =>
        {
            OperationState operation = s.Operations.Values.Single(o => o.Name == "migrate");
            int expected = operation.Status == OperationStatus.Completed ? 3 : 1;
            Assert.All(s.MastersOf(1), m => Assert.Equal(expected, m.NodeUid));
        });

    [Fact]
    public async Task Failover_is_finished_or_rolled_back_at_every_stored_state() =>
        await CrashEverywhereAsync(new FailoverShards([1, 3]), s =>
        {
            OperationState operation = s.Operations.Values.Single(o => o.Name == "failover");
            Assert.All(s.MastersOf(1), m => Assert.Equal(operation.Status == OperationStatus.Completed ? 2 : 1, m.NodeUid));
        });

    [Fact]
    public async Task Bind_is_finished_at_every_stored_state() =>
        await CrashEverywhereAsync(
            new UpdateDatabase(1) { ProxyPolicy = ProxyPolicy.Single, TargetNodeUid = 3 },
            s => Assert.Equal([3], s.Databases[1].BoundNodes));

    [Fact]
    public async Task Delete_is_finished_at_every_stored_state() =>
        await CrashEverywhereAsync(new DeleteDatabase(1), s => Assert.Empty(s.Databases));

    private static async Task CrashEverywhereAsync(ClusterRequest? request, Action<ClusterState> check)
    {
        RecordingStore recording = new();
        int first = 0;
        await using (ControlBed bed = await ControlBed.StartAsync(recording))
        {
            if (request is null)
            {
                await bed.CreateAsync(Sharded);
            }
            else
            {
                await bed.CreateAsync(Sharded);
                first = recording.Saved.Count;
                await bed.FinishAsync(request);
            }
        }

        ClusterState[] states = [.. recording.Saved.Skip(first).Where(s => s.Operations.Count > 0)];
        Assert.NotEmpty(states);
        foreach (ClusterState stored in states)
        {
            MemoryClusterStore store = new();
            await store.SaveAsync(stored);
            await using ControlBed again = await ControlBed.StartAsync(store);
            ClusterState rest = await again.RunUntilAsync(s => s.Operations.Values.All(o => o.IsFinished)
                && s.Databases.Values.All(d => d.Status == DatabaseStatus.Active && d.ListeningNodes.SetEquals(d.BoundNodes))
                && s.Shards.Values.All(h => h.Status == ShardStatus.Active));
            check(rest);
            Assert.Equal(
                rest.Shards.Values.Select(s => s.InstanceId).Order(),
                again.Redis.Started.Where(e => !e.Value.IsStopped).Select(e => e.Key).Order());
            Assert.All(
                rest.MastersOf(1),
                m => Assert.Equal(m.InstanceId,
                    again.Plane.Snapshot.Databases[1].Shards.Single(s => s.FirstSlot == m.FirstSlot).Target.InstanceId));
        }
    }

    private sealed class RecordingStore : IClusterStore
    {
        public List<ClusterState> Saved { get; } = [];

        public ValueTask<ClusterState?> LoadAsync() => ValueTask.FromResult<ClusterState?>(null);

        public ValueTask SaveAsync(ClusterState state)
        {
            Saved.Add(state);
            return ValueTask.CompletedTask;
        }

        public ValueTask ProbeAsync() => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
