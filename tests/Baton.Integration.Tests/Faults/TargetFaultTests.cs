using System.Text.Json.Nodes;
using Baton.TestKit;
using Baton.TestKit.Processes;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Faults;

/// <summary>The target of a move dies, or never comes up: the move is rolled back and says why, and no client notices.</summary>
[Collection(FaultCollection.Name)]
[Trait("Promise", "kept")]
public sealed class TargetFaultTests
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData("fail")]
    [InlineData("hang")]
    public async Task a_target_that_never_comes_up_is_given_up_and_the_next_try_works(string mode)
    {
        using var engine = new EngineStub();
        await using var cluster = await BatonProcess.StartAsync(Redis with { EnginePath = engine.Path });
        var host = await cluster.HostAsync();
        await using var load = await AckedCounters.StartAsync(host, cluster.Port, mode);
        engine.Set(mode);
        var end = await MigrateAsync(cluster);
        Assert.Equal("failed", end["status"]!.GetValue<string>());
        Assert.NotEmpty(end["error"]!.GetValue<string>());
        engine.Set("work");
        await ExpectUnharmedAsync(cluster, host, load);
    }

    [Fact]
    public async Task a_target_that_is_killed_while_copying_is_given_up_or_replaced_and_the_next_try_works()
    {
        await using var cluster = await BatonProcess.StartAsync(Redis);
        var host = await cluster.HostAsync();
        await FillAsync(host, cluster.Port);
        await using var load = await AckedCounters.StartAsync(host, cluster.Port, "killed");
        var before = RedisServers(cluster);
        var migration = MigrateAsync(cluster);
        await Eventually.TrueAsync(() => RedisServers(cluster).Except(before).Any(), EndLimit, "the target's process");
        Signals.Destroy(RedisServers(cluster).Except(before).First());
        var end = await migration;
        Assert.True(end["status"]!.GetValue<string>() == "completed" || end["error"]!.GetValue<string>().Length > 0, end.ToJsonString());
        await ExpectUnharmedAsync(cluster, host, load);
    }

    [Fact]
    public async Task a_replica_that_is_killed_comes_back_and_can_take_over()
    {
        await using var cluster = await BatonProcess.StartAsync(Redis with { Replication = true });
        var host = await cluster.HostAsync();
        await using var load = await AckedCounters.StartAsync(host, cluster.Port, "replica");
        var replica = await ReplicaProcessAsync(cluster, host);
        Signals.Destroy(replica);
        await Eventually.TrueAsync(() => RedisServers(cluster).Count == 2, EndLimit, "a new replica process");
        var master = (await cluster.Api.ShardsAsync()).Single(shard => shard.IsMaster);
        await Eventually.TrueAsync(() => FailsOverAsync(cluster, master.Uid), EndLimit, "a failover to the new replica");
        await ExpectIntactAsync(cluster, host, load);
    }

    // Refused until the new replica follows.
    private static async Task<bool> FailsOverAsync(BatonProcess cluster, int master)
    {
        var (status, answer) = await cluster.Api.RawAsync(HttpMethod.Post, $"/v1/shards/{master}/actions/failover", new JsonObject());
        if (status == 409)
        {
            Assert.Equal("replica_not_active", answer!["error_code"]!.GetValue<string>());
            return false;
        }

        Assert.Equal(200, status);
        var end = await cluster.Api.EndAsync(answer!["action_uid"]!.GetValue<string>(), EndLimit);
        return end["status"]!.GetValue<string>() == "completed";
    }

    private static BatonOptions Redis => new() { Engine = "redis", Persistence = "always", DelayMs = 200 };

    private static List<int> RedisServers(BatonProcess cluster) => [.. cluster.EngineProcesses().Select(process => process.Id)];

    private static async Task<JsonNode> MigrateAsync(BatonProcess cluster)
    {
        var shard = (await cluster.Api.ShardsAsync()).Single(row => row.IsMaster);
        return await cluster.Api.EndAsync(await cluster.Api.MigrateAsync([shard.Uid], shard.Node == 3 ? 2 : 3), EndLimit);
    }

    // Enough that copying takes longer than it takes to find and kill the target.
    private static async Task FillAsync(string host, int port)
    {
        await using var connection = await RawConnection.ConnectAsync(host, port);
        for (var batch = 0; batch < 20; batch++)
        {
            var first = batch * 10_000;
            var script = $"for i = {first}, {first + 9_999} do redis.call('SET', KEYS[1] .. i, string.rep('x', 400)) end return 'done'";
            await connection.ExpectAsync('$', "EVAL", script, "1", "{fill}:");
        }
    }

    // The process whose role is slave: both are asked through the file system's view of their ports.
    private static async Task<int> ReplicaProcessAsync(BatonProcess cluster, string host)
    {
        var shards = await cluster.Api.ShardsAsync();
        var address = cluster.NodeAddresses[shards.Single(shard => !shard.IsMaster).Node];
        Assert.NotEqual(host, address);
        return cluster.EngineProcesses()
            .Single(user => user.CommandLine.Contains($"redis-server {address}:", StringComparison.Ordinal)).Id;
    }

    private static async Task ExpectUnharmedAsync(BatonProcess cluster, string host, AckedCounters load)
    {
        await load.GoOnAsync(EndLimit);
        var again = await MigrateAsync(cluster);
        Assert.True(again["status"]!.GetValue<string>() == "completed", again.ToJsonString());
        await ExpectIntactAsync(cluster, host, load);
        await Eventually.TrueAsync(() => RedisServers(cluster).Count == 1, EndLimit, "no process but the master's");
    }

    private static async Task ExpectIntactAsync(BatonProcess cluster, string host, AckedCounters load)
    {
        await load.GoOnAsync(EndLimit);
        await load.StopAsync();
        Assert.Null(load.Broken);
        Assert.Empty(await load.DifferencesAsync(host, cluster.Port));
    }
}
