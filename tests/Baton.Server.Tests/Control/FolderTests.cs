using Baton.Cluster.Model;
using Baton.Cluster.Requests;
using Baton.Server.Store;
using Baton.TestKit;
using Xunit;

namespace Baton.Server.Tests.Control;

/// <summary>What the control plane writes into instances' folders, and which of them it deletes.</summary>
public sealed class FolderTests : IDisposable
{
    private static readonly CreateDatabase Replicated =
        new() { Name = "db", MemorySize = 1 << 20, Port = 12000, Replication = true, Persistence = "always" };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _directory = Directory.CreateTempSubdirectory("baton-folders-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_folder_says_what_its_instance_is_through_moves_and_failovers_and_changes()
    {
        await using ControlBed bed = await ControlBed.StartAsync(directory: _directory);
        await bed.CreateAsync(Replicated);
        await SaysAsync(1, InstanceRole.Master, shard: 1, epoch: 0);
        await SaysAsync(2, InstanceRole.Replica, shard: 2, epoch: 0);

        await bed.FinishAsync(new MigrateShards([1], 3));
        await SaysAsync(3, InstanceRole.Master, shard: 1, epoch: 1);
        Assert.False(Directory.Exists(Of(1)));

        await bed.FinishAsync(new FailoverShards([1]));
        await SaysAsync(2, InstanceRole.Master, shard: 2, epoch: 2);
        await SaysAsync(3, InstanceRole.Replica, shard: 1, epoch: 1);

        await bed.RequestAsync(new UpdateDatabase(1) { Password = "another" });
        await Eventually.TrueAsync(() => Read(2)?.Database.Password == "another", Patience, "the new password in the folder");
        Assert.Equal(3, Read(2)!.Nodes.Length);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Of(2), InstanceManifest.FileName)));
        }
    }

    [Fact]
    public async Task A_new_master_is_written_down_before_it_serves()
    {
        await using ControlBed bed = await ControlBed.StartAsync(directory: _directory);
        await bed.CreateAsync(Replicated);
        InstanceRole? atSwitch = null;
        InstanceRole? atHold = null;
        bed.Plane.Before = call =>
        {
            atHold = call.StartsWith("hold", StringComparison.Ordinal) ? Read(3)?.Role : atHold;
            atSwitch = call.StartsWith("switch", StringComparison.Ordinal) ? Read(3)?.Role : atSwitch;
        };

        await bed.FinishAsync(new MigrateShards([1], 3));

        Assert.Equal((InstanceRole.Target, InstanceRole.Master), (atHold, atSwitch));
    }

    [Fact]
    public async Task Only_what_the_stored_state_is_done_with_is_deleted()
    {
        MemoryClusterStore store = new();
        await using (ControlBed bed = await ControlBed.StartAsync(store, directory: _directory))
        {
            await bed.CreateAsync(Replicated);
            await bed.FinishAsync(new MigrateShards([1], 3)); // From instance 1 to 3.
        }

        string[] named = [Of(2), Of(3)];
        Make(Of(1)); // Its move is over: the state says so.
        Make(Of(9)); // Nobody knows it.
        Make(Path.Combine(_directory, "instances", "notes"));
        await using ControlBed again = await ControlBed.StartAsync(store, directory: _directory);

        Assert.All(named, folder => Assert.True(Directory.Exists(folder)));
        Assert.False(Directory.Exists(Of(1)));
        Assert.False(Directory.Exists(Of(9)));
        Assert.True(File.Exists(Path.Combine(_directory, "instances", "notes", "data")));
        string aside = Assert.Single(Directory.GetDirectories(Path.Combine(_directory, InstanceFolders.LeftOvers)));
        Assert.True(File.Exists(Path.Combine(aside, "data")));
        Assert.Contains(again.FeedSoFar(), e => e.Kind == "store" && e.Text.Contains(aside, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fresh_instance_never_throws_away_what_stands_in_its_place_unless_it_was_its_own()
    {
        await using ControlBed bed = await ControlBed.StartAsync(directory: _directory);
        Make(Of(2)); // Where the replica will begin.

        await bed.CreateAsync(Replicated);

        string aside = Assert.Single(Directory.GetDirectories(Path.Combine(_directory, InstanceFolders.LeftOvers)));
        Assert.True(File.Exists(Path.Combine(aside, "data")));
        Make(Of(2)); // And now it is its own.
        bed.Redis.Started[2].Die("killed");
        await bed.RunUntilAsync(s => s.Shards[2].Status == ShardStatus.Inactive);
        await bed.RunUntilAsync(s => s.Shards[2].Status == ShardStatus.Active);
        Assert.False(File.Exists(Path.Combine(Of(2), "data")));
        Assert.Single(Directory.GetDirectories(Path.Combine(_directory, InstanceFolders.LeftOvers)));
    }

    private static void Make(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "data"), "data");
    }

    private string Of(long id) => new InstanceFolders(_directory).Of(id);

    private InstanceManifest? Read(long id) => InstanceManifest.Read(Of(id)).Manifest;

    private async Task SaysAsync(long id, InstanceRole role, int shard, long epoch)
    {
        await Eventually.TrueAsync(() => Read(id)?.Role == role, Patience, $"instance {id} as {role}");
        InstanceManifest manifest = Read(id)!;
        Assert.Equal((id, shard, epoch, 0, 16383, "db"),
            (manifest.InstanceId, manifest.ShardUid, manifest.Epoch, manifest.FirstSlot, manifest.LastSlot, manifest.Database.Name));
    }
}
