using System.Text.Json.Nodes;
using Baton.TestKit.Processes;
using Xunit;

namespace Baton.Integration.Tests.Faults;

/// <summary>What is asked of a database while one of its operations runs is refused, and changes nothing.</summary>
[Collection(FaultCollection.Name)]
public sealed class ConflictTests
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task a_busy_database_refuses_every_other_operation_by_name()
    {
        await using var cluster = await BatonProcess.StartAsync(new BatonOptions { Engine = "redis", Replication = true, DelayMs = 2000 });
        var shards = await cluster.Api.ShardsAsync();
        var master = shards.Single(shard => shard.IsMaster).Uid;
        var free = cluster.NodeAddresses.Keys.First(node => shards.All(shard => shard.Node != node));
        var action = await cluster.Api.MigrateAsync([master], free);
        (HttpMethod Method, string Path, JsonObject? Body)[] requests =
        [
            (HttpMethod.Post, $"/v1/shards/{master}/actions/migrate", new JsonObject { ["target_node_uid"] = free }),
            (HttpMethod.Post, $"/v1/shards/{master}/actions/failover", new JsonObject()),
            (HttpMethod.Put, "/v1/bdbs/1", new JsonObject { ["proxy_policy"] = "all-nodes" }),
            (HttpMethod.Delete, "/v1/bdbs/1", null),
        ];
        foreach (var (method, path, body) in requests)
        {
            var (status, answer) = await cluster.Api.RawAsync(method, path, body);
            Assert.True(status == 409, $"{method} {path}: {status} {answer?.ToJsonString()}");
            Assert.Equal("db_busy", answer!["error_code"]!.GetValue<string>());
        }

        var end = await cluster.Api.CompleteAsync(action, EndLimit);
        Assert.Equal("completed", end["status"]!.GetValue<string>());
        Assert.Equal(free, (await cluster.Api.ShardsAsync()).Single(shard => shard.Uid == master).Node);
        Assert.Single(await cluster.Api.EndpointAddressesAsync(cluster.Database));
    }
}
