using System.Text.Json.Nodes;
using Baton.Integration.Tests.Hosting;
using Baton.TestKit;
using Baton.TestKit.Processes;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Faults;

/// <summary>
/// <c>kill -9</c>, then the state destroyed: the next start refuses, <c>baton recover</c> rebuilds, and everything that was acknowledged is there.
/// </summary>
[Collection(FaultCollection.Name)]
public sealed class RecoverTests : IAsyncDisposable
{
    private const int Keys = 200;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private BatonProcess? _cluster;

    [Theory]
    [InlineData("garnet", false, "missing")]
    [InlineData("garnet", false, "torn")]
    [InlineData("redis", true, "empty")]
    [InlineData("redis", true, "a folder")]
    public async Task A_destroyed_state_is_rebuilt_from_the_instances_folders(string engine, bool replication, string state)
    {
        _cluster = await BatonProcess.StartAsync(
            new BatonOptions { Engine = engine, Persistence = "always", Shards = 2, Replication = replication, DelayMs = 0, GraceSeconds = 1 });
        await WriteAsync(_cluster);
        await MoveAsync(_cluster, replication);
        await WriteAsync(_cluster); // What the moved shard has, and the old one never had.
        Signals.Destroy(_cluster.Child.Id);
        await _cluster.Child.ExitAsync(Limit);
        await Eventually.TrueAsync(() => ProcessTable.UsersOf(_cluster.DataDirectory).Count == 0, Limit, "no process of the killed cluster");
        Destroy(DataDirectoryCases.State(_cluster.DataDirectory), state);
        var before = DataDirectoryCases.Photograph(_cluster.DataDirectory);

        var (refused, said) = await RunAsync("up", "--rest-port", "0");
        var (dry, table) = await RunAsync("recover");
        Assert.True((refused, dry) == (1, 0), $"up: {refused}, {said}\nrecover: {dry}, {table}");
        Assert.Contains("baton recover", said, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", table, StringComparison.Ordinal);
        Assert.Equal(before, DataDirectoryCases.Photograph(_cluster.DataDirectory));

        var (done, report) = await RunAsync("recover", "--yes", "--json");
        Assert.Equal(0, done);
        var json = JsonNode.Parse(report)!;
        Assert.Equal(state == "missing" ? 0 : 1, json["moved_aside"]!.AsArray().Count);
        Assert.All(json["moved_aside"]!.AsArray(), name => Assert.True(Path.Exists((string)name!)));
        _cluster = await _cluster.RestartAsync();

        await Eventually.TrueAsync(async () => await _cluster.Api.StatusAsync(1) == "active", Limit, "an active database");
        await using var client = await RawConnection.ConnectAsync(await _cluster.HostAsync(), _cluster.Port);
        for (var key = 0; key < Keys; key++)
        {
            Assert.Equal("2", (await client.Send("GET", $"key-{key}")).Text);
        }

        var (nothing, again) = await RunAsync("recover");
        Assert.Equal(1, nothing);
        Assert.Contains("another baton runs", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_manifests_there_is_nothing_to_rebuild_from_and_nothing_is_changed()
    {
        using var folder = new Folder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "instances", "1", "AOF"));
        var before = DataDirectoryCases.Photograph(folder.Path);

        var (code, said) = await RunOnAsync(folder.Path, "recover", "--yes");

        Assert.Equal(1, code);
        Assert.Contains("no instance's folder says what it is", said, StringComparison.Ordinal);
        Assert.Contains("left alone: no instance.json", said, StringComparison.Ordinal);
        Assert.Equal(before, DataDirectoryCases.Photograph(folder.Path).Replace(LockLine(folder.Path), "", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    private static string LockLine(string directory) =>
        DataDirectoryCases.Photograph(directory).Split('\n').Single(line => line.Contains("cluster.lock", StringComparison.Ordinal)) + "\n";

    private static async Task WriteAsync(BatonProcess cluster)
    {
        await using var client = await RawConnection.ConnectAsync(await cluster.HostAsync(), cluster.Port);
        for (var key = 0; key < Keys; key++)
        {
            Assert.False((await client.Send("INCR", $"key-{key}")).IsError);
        }
    }

    private static async Task MoveAsync(BatonProcess cluster, bool failover)
    {
        var masters = (await cluster.Api.ShardsAsync()).Where(shard => shard.IsMaster).ToList();
        var action = failover ? await cluster.Api.FailoverAsync([masters[0].Uid]) : await cluster.Api.MigrateAsync([masters[0].Uid], 3);
        Assert.Equal("completed", (await cluster.Api.EndAsync(action, Limit))["status"]!.GetValue<string>());
    }

    private static void Destroy(string path, string how)
    {
        switch (how)
        {
            case "missing":
                File.Delete(path);
                break;
            case "torn":
                DataDirectoryCases.Cut(path, 300);
                break;
            case "empty":
                DataDirectoryCases.Cut(path, 0);
                break;
            default:
                DataDirectoryCases.ToFolder(path);
                break;
        }
    }

    private Task<(int Code, string All)> RunAsync(params string[] arguments) => RunOnAsync(_cluster!.DataDirectory, arguments);

    private static async Task<(int Code, string All)> RunOnAsync(string data, params string[] arguments)
    {
        await using var child = new ChildProcess(
            Path.Combine(AppContext.BaseDirectory, "baton"), arguments, new Dictionary<string, string> { ["BATON_DATA"] = data });
        var code = await child.ExitAsync(Limit);
        return (code, string.Join('\n', child.Output.Concat(child.Errors)));
    }
}
