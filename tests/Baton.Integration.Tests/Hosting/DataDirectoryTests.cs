using Baton.Server.Engines;
using Baton.Server.Hosting;
using Baton.TestKit.Processes;
using Xunit;

namespace Baton.Integration.Tests.Hosting;

/// <summary>A start touches nothing it does not understand, says what it found, and serves what it understands.</summary>
public sealed class DataDirectoryTests(DataDirectoryTests.GoodDirectory good) : IClassFixture<DataDirectoryTests.GoodDirectory>, IDisposable
{
    private readonly Folder _parent = new();

    public static TheoryData<string> Cases => [.. DataDirectoryCases.All.Keys];

    private string Data => Path.Combine(_parent.Path, "data");

    public void Dispose() => _parent.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_directory_that_is_not_one_whole_cluster_is_refused_and_left_as_it_is(string name)
    {
        var (damage, says) = DataDirectoryCases.All[name];
        DataDirectoryCases.CopyFolder(good.Path, Data);
        damage(Data);
        var before = DataDirectoryCases.Photograph(Data);

        var error = await Assert.ThrowsAsync<ClusterHostException>(() => HostLab.StartAsync(Options));

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, DataDirectoryCases.Photograph(Data));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_to_is_refused_by_name()
    {
        DataDirectoryCases.CopyFolder(good.Path, Data);
        await using var disk = await SmallDisk.MountAsync(Path.Combine(_parent.Path, "mounted"), megabytes: 64);
        Assert.SkipWhen(disk is null, "mounting a file system is not possible here");
        DataDirectoryCases.CopyFolder(Data, Path.Combine(disk!.Path, "data"));
        await disk.MakeReadOnlyAsync();

        var error = await Assert.ThrowsAsync<ClusterHostException>(
            () => HostLab.StartAsync(Options with { DataDirectory = Path.Combine(disk.Path, "data") }));

        Assert.Contains("cannot be written to", error.Message, StringComparison.Ordinal);
        Assert.Contains("--data", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_no_directory()
    {
        await File.WriteAllTextAsync(Data, "", TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<ClusterHostException>(() => HostLab.StartAsync(Options));

        Assert.Contains($"{Data} is a file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_directory_is_served_and_what_is_not_ours_in_it_stays()
    {
        DataDirectoryCases.CopyFolder(good.Path, Data);
        string[] strangers = [Path.Combine(Data, "notes.txt"), Path.Combine(Data, "rehearsal", "notes.txt"), Path.Combine(Data, "instances", "old", "notes.txt")];
        foreach (var stranger in strangers)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(stranger)!);
            await File.WriteAllTextAsync(stranger, "mine", TestContext.Current.CancellationToken);
        }

        File.Delete(Path.Combine(DataDirectoryCases.Instance(Data), "instance.json")); // As of a version that wrote none.

        await using (var lab = await HostLab.StartAsync(Options with { Rehearse = true }))
        {
            await using var client = await lab.ConnectAsync();
            Assert.Equal("value", (await client.Send("GET", "key")).Text);
            Assert.True(File.Exists(Path.Combine(DataDirectoryCases.Instance(Data), "instance.json")));
        }

        Assert.All(strangers, stranger => Assert.True(File.Exists(stranger), stranger));
    }

    [Fact]
    public async Task A_loss_that_is_accepted_by_name_begins_empty()
    {
        DataDirectoryCases.CopyFolder(good.Path, Data);
        Directory.Delete(DataDirectoryCases.Instance(Data), recursive: true);

        await Assert.ThrowsAsync<ClusterHostException>(() => HostLab.StartAsync(Options with { AcceptedLosses = new HashSet<string> { "db2" } }));
        await using var lab = await HostLab.StartAsync(Options with { AcceptedLosses = new HashSet<string> { "db1" } });

        await using var client = await lab.ConnectAsync();
        Assert.True((await client.Send("GET", "key")).IsNull);
    }

    [Fact]
    public async Task A_certificate_that_is_not_of_our_making_is_kept_beside()
    {
        DataDirectoryCases.CopyFolder(good.Path, Data);
        var certificate = Path.Combine(Data, "rest.pem");
        await File.WriteAllTextAsync(certificate, "mine, but damaged", TestContext.Current.CancellationToken);

        await using var lab = await HostLab.StartAsync(Options);

        Assert.Equal("mine, but damaged", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Data, "rest.pem.replaced-*")), TestContext.Current.CancellationToken));
    }

    private ClusterHostOptions Options => GoodDirectory.OptionsFor(Data);

    /// <summary>A cluster that was made, written to and ended well; copied for each case.</summary>
    public sealed class GoodDirectory : IAsyncLifetime
    {
        private readonly Folder _folder = new();

        public string Path => _folder.Path;

        internal static ClusterHostOptions OptionsFor(string directory) => new()
        {
            DataDirectory = directory,
            Engine = EngineKind.Garnet,
            Persistence = PersistenceMode.Always,
            RestPort = 0,
            Database = new FirstDatabase { Port = 0, MemorySize = 64 << 20 },
            Loops = 1,
        };

        public async ValueTask InitializeAsync()
        {
            await using var lab = await HostLab.StartAsync(OptionsFor(Path));
            await using var client = await lab.ConnectAsync();
            Assert.Equal("OK", (await client.Send("SET", "key", "value")).Text);
        }

        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
