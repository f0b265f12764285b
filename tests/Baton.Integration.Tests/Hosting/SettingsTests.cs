using System.Text.Json.Nodes;
using Baton.Server.Engines;
using Baton.Server.Hosting;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Hosting;

/// <summary>What clients set with CONFIG SET, and what the API changes, on real engines that move and start again.</summary>
public sealed class SettingsTests
{
    [Fact]
    public async Task Keyspace_events_go_on_after_every_shard_has_moved_and_after_a_restart()
    {
        using var folder = new Folder();
        var options = HostLab.Options(folder, EngineKind.Redis);
        options = options with { Database = options.Database! with { Shards = 2, Replication = false } };
        await using (var lab = await HostLab.StartAsync(options))
        {
            await using var client = await lab.ConnectAsync();
            Assert.Equal("OK", (await client.Send("CONFIG", "SET", "notify-keyspace-events", "KEA", "slowlog-max-len", "77")).Text);
            await AssertEventsOfBothShardsAsync(lab, client);
            foreach (var shard in (int[])[1, 2])
            {
                var moved = await lab.RunAsync(
                    HttpMethod.Post, $"/v1/shards/{shard}/actions/migrate", new JsonObject { ["target_node_uid"] = 3 });
                Assert.Equal("completed", (string)moved["status"]!);
            }

            await AssertEventsOfBothShardsAsync(lab, client);
        }

        await using var again = await HostLab.StartAsync(options);
        await using var second = await again.ConnectAsync();
        await AssertEventsOfBothShardsAsync(again, second);
        Assert.Equal(["slowlog-max-len", "77"], (await second.Send("CONFIG", "GET", "slowlog-max-len")).Items!.Select(item => item.Text));
    }

    [Fact]
    public async Task A_changed_size_and_policy_are_in_force_when_masters_have_them_and_a_moved_shard_has_them_too()
    {
        using var folder = new Folder();
        await using var lab = await HostLab.StartAsync(HostLab.Options(folder, EngineKind.Redis));
        await using var client = await lab.ConnectAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await lab.Api.PutAsync(
            "/v1/bdbs/1", new JsonObject { ["memory_size"] = 128 << 20, ["eviction_policy"] = "allkeys-lfu" }, limit.Token);

        await Baton.TestKit.Eventually.TrueAsync(
            async () => await ReadAsync(client) == "67108864 allkeys-lfu", TimeSpan.FromSeconds(30), "the new size and policy");
        Assert.Equal("OK", (await client.Send("CONFIG", "SET", "maxmemory-policy", "volatile-ttl")).Text);
        Assert.Equal("volatile-ttl", (string)(await lab.GetAsync("/v1/bdbs/1"))["eviction_policy"]!);
        await lab.RunAsync(HttpMethod.Post, "/v1/shards/1/actions/migrate", new JsonObject { ["target_node_uid"] = 3 });

        Assert.Equal("67108864 volatile-ttl", await ReadAsync(client));
    }

    private static async Task<string> ReadAsync(RawConnection client)
    {
        var size = await client.Send("CONFIG", "GET", "maxmemory");
        var policy = await client.Send("CONFIG", "GET", "maxmemory-policy");
        return $"{size.Items![1].Text} {policy.Items![1].Text}";
    }

    private static async Task AssertEventsOfBothShardsAsync(HostLab lab, RawConnection client)
    {
        await using var subscriber = await lab.ConnectAsync();
        await subscriber.CallAsync("HELLO", "3");
        await subscriber.CallAsync("PSUBSCRIBE", "__keyevent@0__:set");
        string[] keys = ["a", "b"]; // slots 15495 and 3300: one on each shard
        foreach (var key in keys)
        {
            await client.Send("SET", key, "value");
        }

        await Baton.TestKit.Eventually.TrueAsync(
            () => Task.FromResult(keys.All(key => subscriber.Pushes.Any(push => push.Frame.Items![^1].Text == key))),
            TimeSpan.FromSeconds(30),
            "an event of each shard");
    }
}
