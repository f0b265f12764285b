using System.Text.Json.Nodes;
using Baton.TestKit.Load;
using Baton.TestKit.Processes;
using Baton.TestKit.Resp;
using StackExchange.Redis;
using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>The same loads against a plain redis-server: they find nothing where nothing is wrong, and do find what is.</summary>
[Collection(HeavyLoad.Name)]
public sealed class ControlExperimentTests
{
    [Fact]
    public async Task every_load_is_clean_against_a_plain_server()
    {
        await using var server = await PlainRedis.StartAsync();
        var peers = await StartAsync(server.Port);
        var verdicts = (await Task.WhenAll(peers.Select(peer => peer.StopAsync()))).SelectMany(all => all).ToArray();
        foreach (var peer in peers)
        {
            await peer.DisposeAsync();
        }

        Assert.All(
            verdicts, verdict => Assert.True(verdict.IsClean && verdict.Reconnects == 0 && verdict.KeptItsConnection, verdict.ToString()));
    }

    [Fact]
    public async Task every_load_finds_a_write_that_is_lost_and_one_that_is_executed_twice()
    {
        await using var server = await PlainRedis.StartAsync();
        var peers = await StartAsync(server.Port);
        await using var vandal = await RawConnection.ConnectAsync("127.0.0.1", server.Port);
        foreach (var key in (string[])["se:enabled-channel:counter", "p:auto:counter", "p:resp3:counter", "cli:repeat", "cli:pipe"])
        {
            await vandal.ExpectAsync(':', "INCRBY", key, "5");
        }

        foreach (var key in (string[])["se:enabled-channel:list", "p:auto:list", "p:resp3:list"])
        {
            await vandal.ExpectAsync('+', "LTRIM", key, "1", "0"); // empties it
        }

        var verdicts = (await Task.WhenAll(peers.Select(peer => peer.StopAsync()))).SelectMany(all => all).ToArray();
        foreach (var peer in peers)
        {
            await peer.DisposeAsync();
        }

        var harmed = verdicts.Where(verdict => verdict.Client != "redis-cli subscribe");
        Assert.All(harmed, verdict => Assert.False(verdict.IsClean, verdict.ToString()));
    }

    private static async Task<List<IPeer>> StartAsync(int port)
    {
        var peers = new List<IPeer>
        {
            await StackExchangePeer.StartAsync(
                "enabled-channel", "127.0.0.1", port, subscribes: true, options =>
                    options.MaintenanceNotifications = MaintenanceNotificationMode.Auto),
            await RedisCliPeer.StartAsync("127.0.0.1", port),
        };
        if (NodePeer.Missing is null)
        {
            peers.Add(await NodePeer.StartAsync("node-redis.mjs", Configuration(port, "auto", new JsonObject { ["RESP"] = 3 })));
            peers.Add(await NodePeer.StartAsync("ioredis.mjs", Configuration(port, "resp3", new JsonObject { ["protocol"] = 3 })));
        }

        return peers;
    }

    private static JsonObject Configuration(int port, string profile, JsonObject options) => new()
    {
        ["host"] = "127.0.0.1",
        ["port"] = port,
        ["prefix"] = "p",
        ["profiles"] = new JsonArray { new JsonObject { ["name"] = profile, ["options"] = options, ["hard"] = true } },
    };
}
