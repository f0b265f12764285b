using System.Net;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;
using Baton.Server.Control;
using Baton.Server.Engines;
using Baton.TestKit.Control;
using Xunit;

namespace Baton.Server.Tests.Control;

/// <summary>An embedded shard whose files outgrow its database moves onto a fresh instance, on its own node.</summary>
public sealed class DiskWatchTests
{
    private const long Memory = 8 << 20;
    private const long Bound = (512L << 20) + (3 * Memory);

    [Theory]
    [InlineData(EngineKind.Garnet, Memory, 1, true)]
    [InlineData(EngineKind.Garnet, Memory, 0, false)]
    [InlineData(EngineKind.Garnet, 0, 1, false)]
    [InlineData(EngineKind.Redis, Memory, 1, false)]
    public void An_embedded_instance_is_named_when_its_files_are_over_the_bound(EngineKind kind, long memory, long over, bool named)
    {
        string directory = Directory.CreateTempSubdirectory("baton-disk-").FullName;
        try
        {
            MakeFiles(directory, Bound + over);
            InstanceRegistry instances = new();
            instances.SlotOf(5).Set(new FakeEngine(
                new ShardSpec(
                    5, 1, 1, new IPEndPoint(IPAddress.Loopback, 0), directory, PersistenceMode.None, new ShardSettings(memory, "noeviction"), "s", false),
                kind, 7000), timestamp: 0);
            ShardState shard = new()
            {
                Uid = 1, DatabaseUid = 1, Role = ShardRole.Master, FirstSlot = 0, LastSlot = 16383, NodeUid = 1, InstanceId = 5, Status = ShardStatus.Active,
            };
            ClusterState state = ControlBed.ThreeNodes with { Shards = ControlBed.ThreeNodes.Shards.Add(1, shard) };

            ShardBloated[] found = [.. new DiskWatch(instances, ControlLimits.Default).Look(state)];

            Assert.Equal(named ? [new ShardBloated(1, 5, Bound + over)] : [], found);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task The_controller_renews_it_on_its_node_and_deletes_the_files()
    {
        await using ControlBed bed = await ControlBed.StartAsync();
        await bed.CreateAsync(new CreateDatabase { Name = "db", MemorySize = Memory, Port = 12000, Engine = "garnet" });
        ShardState shard = bed.Controller.State.Shards[1];
        string directory = bed.Garnet.Started[shard.InstanceId].Spec.DataDirectory;
        MakeFiles(directory, Bound + 1);

        ClusterState state = await bed.RunUntilAsync(s => s.Operations.Values.Any(o => o is { Name: "renew", IsFinished: true }));

        Assert.Null(state.Operations.Values.Single(o => o.Name == "renew").Error);
        Assert.Equal(shard.NodeUid, state.Shards[1].NodeUid);
        Assert.NotEqual(shard.InstanceId, state.Shards[1].InstanceId);
        Assert.False(Directory.Exists(directory));
        Assert.Contains("open MIGRATING 1 [1]", bed.Plane.Calls);
    }

    private static void MakeFiles(string directory, long bytes)
    {
        Directory.CreateDirectory(Path.Combine(directory, "tier"));
        using FileStream file = File.Create(Path.Combine(directory, "tier", "log.0"));
        file.SetLength(bytes - 1);
        File.WriteAllText(Path.Combine(directory, "log"), "x");
    }
}
