using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;
using Baton.Server.Store;
using Xunit;

namespace Baton.Server.Tests.Store;

public sealed class FileClusterStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("baton-store-").FullName;

    private string StateFile => Path.Combine(_directory, FileClusterStore.FileName);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_is_saved_is_loaded_again_with_every_kind_of_operation()
    {
        ImmutableArray<ClusterState> history = History();
        await SaveAllAsync(history);

        ClusterState loaded = (await LoadAsync())!;

        Assert.Equal(Json(history[^1]), Json(loaded));
        Assert.Equal(
            ["bind", "create", "delete", "failover", "migrate", "unplanned-failover"],
            loaded.Operations.Values.Select(o => o.Name).Distinct().Order());
    }

    [Fact]
    public async Task Each_revision_is_what_is_loaded_when_the_process_ends_right_after_it()
    {
        foreach (ClusterState state in History())
        {
            await using FileClusterStore store = FileClusterStore.Open(_directory);
            await store.LoadAsync();
            await store.SaveAsync(state);
            await store.DisposeAsync();

            Assert.Equal(Json(state), Json((await LoadAsync())!));
        }
    }

    [Fact]
    public async Task A_file_torn_at_any_byte_of_its_last_line_gives_the_revision_before()
    {
        ImmutableArray<ClusterState> history = History();
        await SaveAllAsync(history[..5]);
        byte[] whole = await File.ReadAllBytesAsync(StateFile, TestContext.Current.CancellationToken);
        int lastLine = whole.AsSpan()[..^1].LastIndexOf((byte)'\n') + 1;

        for (int length = lastLine; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(StateFile, whole[..length], TestContext.Current.CancellationToken);
            Assert.Equal(Json(history[3]), Json((await LoadAsync())!));
        }
    }

    [Fact]
    public async Task A_damaged_line_is_refused_by_name_with_the_last_good_revision()
    {
        ImmutableArray<ClusterState> history = History();
        await SaveAllAsync(history[..5]);
        byte[] bytes = await File.ReadAllBytesAsync(StateFile, TestContext.Current.CancellationToken);
        bytes[^10] ^= 1;
        await File.WriteAllBytesAsync(StateFile, bytes, TestContext.Current.CancellationToken);

        StoreException error = await Assert.ThrowsAsync<StoreException>(LoadAsync);

        Assert.Contains(StateFile, error.Message, StringComparison.Ordinal);
        Assert.Contains($"last good revision is {history[3].Revision}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello\n", "is not a state file")]
    [InlineData("", "is empty")]
    [InlineData("baton-cluster", "is torn in its first line")]
    [InlineData("baton-cluster-state 1\n", "is torn in its first line")]
    [InlineData("baton-cluster-state 1\n01234567 {\"Settings", "is torn in its first line")]
    [InlineData("baton-cluster-state 1\n01234567 {}\n", "is damaged in line 2")]
    [InlineData("baton-cluster-state 2\nanything", "is of another version of Baton: its format is 2, this program's is 1")]
    public async Task A_file_that_is_no_whole_state_is_refused_by_name_and_left_as_it_is(string content, string says)
    {
        await File.WriteAllTextAsync(StateFile, content, TestContext.Current.CancellationToken);

        StoreException error = await Assert.ThrowsAsync<StoreException>(LoadAsync);

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was touched", error.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(StateFile, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_newer_version_s_word_is_not_dropped_by_the_next_save_but_refused()
    {
        await SaveAllAsync(History()[..2]);
        string line = (await File.ReadAllLinesAsync(StateFile, TestContext.Current.CancellationToken))[1];
        byte[] newer = StateLine.Frame(System.Text.Encoding.UTF8.GetBytes("{\"Word\":1," + line[10..]));
        await File.WriteAllBytesAsync(StateFile, [.. "baton-cluster-state 1\n"u8, .. newer], TestContext.Current.CancellationToken);

        StoreException error = await Assert.ThrowsAsync<StoreException>(LoadAsync);

        Assert.Contains("a newer one wrote it", error.Message, StringComparison.Ordinal);
        Assert.True(error.OfAnotherVersion);
    }

    [Fact]
    public async Task Loading_writes_nothing_and_the_next_save_goes_behind_the_last_whole_line()
    {
        ImmutableArray<ClusterState> history = History();
        await SaveAllAsync(history[..5]);
        byte[] whole = await File.ReadAllBytesAsync(StateFile, TestContext.Current.CancellationToken);
        byte[] torn = whole[..^10];
        await File.WriteAllBytesAsync(StateFile, torn, TestContext.Current.CancellationToken);
        await using (FileClusterStore store = FileClusterStore.Open(_directory))
        {
            Assert.Equal(Json(history[3]), Json((await store.LoadAsync())!));
            Assert.Equal(torn, await File.ReadAllBytesAsync(StateFile, TestContext.Current.CancellationToken));
            await store.SaveAsync(history[4]);
        }

        byte[] after = await File.ReadAllBytesAsync(StateFile, TestContext.Current.CancellationToken);
        int lastLine = whole.AsSpan()[..^1].LastIndexOf((byte)'\n') + 1;
        Assert.Equal(whole[..lastLine], after[..lastLine]);
        Assert.Equal(Json(history[4]), Json((await LoadAsync())!));
    }

    [Fact]
    public async Task Probes_write_where_saves_go_and_change_nothing_that_is_loaded()
    {
        ImmutableArray<ClusterState> history = History();
        await using (FileClusterStore store = FileClusterStore.Open(_directory))
        {
            await store.ProbeAsync(); // Nothing was saved yet: there is nothing to write to.
            Assert.False(File.Exists(StateFile));
            foreach (ClusterState state in history)
            {
                await store.SaveAsync(state);
                long length = new FileInfo(StateFile).Length;
                await store.ProbeAsync();
                Assert.True(new FileInfo(StateFile).Length > length);
            }
        }

        Assert.Equal(Json(history[^1]), Json((await LoadAsync())!));
    }

    [Fact]
    public async Task A_probe_tidies_up_so_that_a_save_need_not()
    {
        ImmutableArray<ClusterState> history = History();
        await using FileClusterStore store = FileClusterStore.Open(_directory);
        await store.SaveAsync(history[0]);
        long most = 0;
        for (int probes = 0; probes < 1100; probes++)
        {
            await store.ProbeAsync();
            most = Math.Max(most, new FileInfo(StateFile).Length);
        }

        Assert.True(most > 4L << 20, $"it grew to {most} only: nothing was there to be tidied up");
        Assert.True(new FileInfo(StateFile).Length < 4L << 20);
    }

    [Fact]
    public async Task Only_one_may_have_the_directory_open()
    {
        await using FileClusterStore first = FileClusterStore.Open(_directory);

        StoreException error = Assert.Throws<StoreException>(() => FileClusterStore.Open(_directory));

        Assert.Contains("another baton", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_is_readable_for_its_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are Unix'");
        await SaveAllAsync(History()[..2]);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(StateFile));
    }

    private async Task SaveAllAsync(IEnumerable<ClusterState> states)
    {
        await using FileClusterStore store = FileClusterStore.Open(_directory);
        await store.LoadAsync();
        foreach (ClusterState state in states)
        {
            await store.SaveAsync(state);
        }
    }

    private async Task<ClusterState?> LoadAsync()
    {
        await using FileClusterStore store = FileClusterStore.Open(_directory);
        return await store.LoadAsync();
    }

    private static string Json(ClusterState state) =>
        System.Text.Encoding.UTF8.GetString(StateLine.Write(StateChange.Between(null, state)));

    /// <summary>A short life with all six operations, as the state machine makes it.</summary>
    private static ImmutableArray<ClusterState> History()
    {
        DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        ImmutableArray<ClusterState>.Builder states = ImmutableArray.CreateBuilder<ClusterState>();
        ClusterState state = Control.ControlBed.ThreeNodes;
        CreateDatabase create = new() { Name = "db", MemorySize = 1, Port = 12000, Replication = true, Password = "s€cret" };
        ClusterEvent[] events =
        [
            new ControllerStarted(ImmutableSortedDictionary<string, EngineTraits>.Empty.Add("redis", new EngineTraits(true))),
            new Requested(create), new InstanceStarted(1, 1), new InstanceStarted(1, 2), new ReplicaFollowing(1, 2, 1),
                new ListenerOpened(1, 1, 1),
            new Requested(new MigrateShards([1], 3)), new TimerFired(2, new TimerId(TimerKind.HandoffDelay)),
                new InstanceStartFailed(2, 3, "no"),
            new InstanceStopped(2, 3),
            new Requested(new FailoverShards([1])), new TimerFired(3, new TimerId(TimerKind.HandoffDelay)), new ShardNear(3, 1),
            new ShardPromoted(3, 1), new RouteOpened(3, 1, 0.75), new OldRetired(3, 1),
            new Requested(new UpdateDatabase(1) { TargetNodeUid = 2 }), new ListenerOpened(4, 1, 2),
            new TimerFired(4, new TimerId(TimerKind.RebindGrace)), new ListenerClosed(4, 1, 1),
            new ReplicaFollowing(0, 1, 2), new InstanceDied(2, "killed"), new ReplicaPromoted(5, 1), new InstanceStarted(0, 4),
            new ReplicaFollowing(0, 4, 1),
            new Requested(new DeleteDatabase(1)), new ListenerClosed(6, 1, 2), new InstanceStopped(6, 1), new InstanceStopped(6, 4),
        ];
        foreach (ClusterEvent happened in events)
        {
            now = now.AddSeconds(1);
            state = ClusterStateMachine.Step(state, happened, now).State;
            states.Add(state);
        }

        Assert.Empty(state.Databases);
        return states.ToImmutable();
    }
}
