using System.Text.Json.Nodes;
using Baton.TestKit;
using Baton.TestKit.Processes;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Faults;

/// <summary>
/// A master is killed, or stalls for good, under load: no connection breaks, nothing acknowledged is lost, what was in flight is answered
/// honestly and never executed twice.
/// </summary>
[Collection(FaultCollection.Name)]
[Trait("Promise", "kept")]
public sealed class UnplannedFailoverTests
{
    private const int StallLimitMs = 1500;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData("none")]
    [InlineData("everysec")]
    public async Task the_replica_of_a_killed_master_takes_over_and_gets_a_replica(string persistence)
    {
        await using var cluster = await StartAsync(persistence);
        var host = await cluster.HostAsync();
        await using var told = await RawConnection.ConnectResp3Async(host, cluster.Port, optIn: ["moving-endpoint-type", "none"]);
        await using var load = await AckedCounters.StartAsync(host, cluster.Port, "killed", mayLoseReplies: true);
        await FailOverAsync(cluster, load, Signals.Destroy);
        await FailOverAsync(cluster, load, Signals.Destroy); // And once more: the new replica is a whole one.
        await ExpectWholeAsync(cluster, host, load);
        Assert.Equal(["FAILING_OVER", "FAILED_OVER", "FAILING_OVER", "FAILED_OVER"], told.Pushes.Select(push => push.Type));
        Assert.Equal([1L, 2, 3, 4], told.Pushes.Select(push => push.Frame.Items![1].Integer));
        Assert.Null(told.Closed);
    }

    [Fact]
    public async Task a_master_that_stalls_beyond_its_limit_is_replaced()
    {
        await using var cluster = await StartAsync("none");
        var host = await cluster.HostAsync();
        await cluster.Api.PutAsync("/v1/cluster/policy", new JsonObject { ["master_stall_limit_ms"] = StallLimitMs });
        await using var load = await AckedCounters.StartAsync(host, cluster.Port, "stalled", mayLoseReplies: true);
        await FailOverAsync(cluster, load, Signals.Suspend);
        await ExpectWholeAsync(cluster, host, load);
    }

    [Fact]
    public async Task with_a_full_log_the_master_comes_back_with_all_that_was_acknowledged()
    {
        await using var cluster = await StartAsync("always");
        var host = await cluster.HostAsync();
        await using var load = await AckedCounters.StartAsync(host, cluster.Port, "always", mayLoseReplies: true);
        var before = await MasterAsync(cluster);
        Signals.Destroy(before.Process);
        await load.GoOnAsync(EndLimit);
        Assert.Equal(before.Shard, (await MasterAsync(cluster)).Shard);
        await ExpectWholeAsync(cluster, host, load);
    }

    [Theory]
    [InlineData("migrate", "Announced")]
    [InlineData("migrate", "Copying")]
    [InlineData("migrate", "Switching")]
    [InlineData("migrate", "Closing")]
    [InlineData("failover", "Announced")]
    [InlineData("failover", "Copying")]
    [InlineData("failover", "Switching")]
    [InlineData("failover", "Closing")]
    public async Task a_master_that_is_killed_in_a_phase_of_an_operation_leaves_a_clean_end(string operation, string phase)
    {
        await using var cluster = await StartAsync("everysec");
        var host = await cluster.HostAsync();
        await using var load = await AckedCounters.StartAsync(host, cluster.Port, $"{operation}-{phase}", mayLoseReplies: true);
        var master = await MasterAsync(cluster);
        var action = operation == "migrate"
            ? await cluster.Api.MigrateAsync([master.Shard], await FreeNodeAsync(cluster))
            : await cluster.Api.FailoverAsync([master.Shard]);
        await Eventually.TrueAsync(async () => await IsPastAsync(cluster, action, phase), EndLimit, $"phase {phase}");

        // A shard that has moved leaves its old process to its end: that may come first.
        Signals.DestroyIfThere(master.Process);
        var end = await cluster.Api.EndAsync(action, EndLimit);
        Assert.True(end["status"]!.GetValue<string>() == "completed" || end["error"]!.GetValue<string>().Length > 0, end.ToJsonString());
        await ExpectWholeAsync(cluster, host, load);
    }

    private static Task<BatonProcess> StartAsync(string persistence) => BatonProcess.StartAsync(
        new BatonOptions { Engine = "redis", Replication = true, Persistence = persistence, DelayMs = 300 });

    private static async Task FailOverAsync(BatonProcess cluster, AckedCounters load, Action<int> fault)
    {
        await IsWholeAsync(cluster);
        var before = await MasterAsync(cluster);
        fault(before.Process);
        await Eventually.TrueAsync(
            async () => (await cluster.Api.ShardsAsync()).Single(shard => shard.IsMaster).Uid != before.Shard, EndLimit, "another master");
        await load.GoOnAsync(EndLimit);
        await IsWholeAsync(cluster);
    }

    // Nothing runs any more, both shards serve, and the replica follows.
    private static Task IsWholeAsync(BatonProcess cluster) => Eventually.TrueAsync(
        async () => await cluster.Api.StatusAsync(cluster.Database) == "active"
            && (await cluster.Api.GetAsync("/v1/shards")).AsArray().All(shard =>
                shard!["status"]!.GetValue<string>() == "active" && shard["sync"]!["status"]!.GetValue<string>() == "idle"),
        EndLimit, "a whole database", () => cluster.Child.Tail);

    private static async Task ExpectWholeAsync(BatonProcess cluster, string host, AckedCounters load)
    {
        await IsWholeAsync(cluster);
        await load.GoOnAsync(EndLimit);
        await load.StopAsync();
        Assert.Null(load.Broken);
        Assert.Empty(await load.DifferencesAsync(host, cluster.Port));
        var actions = (await cluster.Api.GetAsync("/v1/actions"))["state-machines"]!.AsArray();
        Assert.All(actions, action => Assert.Contains(action!["status"]!.GetValue<string>(), new[] { "completed", "failed" }));
        await Eventually.TrueAsync(() => cluster.EngineProcesses().Count == 2, EndLimit, "a master and a replica, no more");
    }

    private static async Task<(int Shard, int Process)> MasterAsync(BatonProcess cluster)
    {
        var master = (await cluster.Api.ShardsAsync()).Single(shard => shard.IsMaster);
        var address = cluster.NodeAddresses[master.Node];
        return (master.Uid, cluster.EngineProcesses()
            .Single(user => user.CommandLine.Contains($"redis-server {address}:", StringComparison.Ordinal)).Id);
    }

    private static async Task<int> FreeNodeAsync(BatonProcess cluster) =>
        cluster.NodeAddresses.Keys.Except((await cluster.Api.ShardsAsync()).Select(shard => shard.Node)).First();

    // Quick phases may be over before they are seen: then the kill hits the next one.
    private static async Task<bool> IsPastAsync(BatonProcess cluster, string action, string phase)
    {
        var now = await cluster.Api.ActionAsync(action);
        string[] order = ["Announced", "Copying", "Switching", "Closing", "Completed", "Failed"];
        return Array.IndexOf(order, now["state"]!.GetValue<string>()) >= Array.IndexOf(order, phase);
    }
}
