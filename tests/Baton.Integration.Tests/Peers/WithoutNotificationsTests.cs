using System.Text.Json.Nodes;
using Baton.TestKit;
using Baton.TestKit.Load;
using Baton.TestKit.Processes;
using StackExchange.Redis;
using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>
/// A cluster with maintenance notifications off: clients that ask are refused, live on, and shard operations cost them nothing.
/// </summary>
[Collection(HeavyLoad.Name)]
public sealed class WithoutNotificationsTests
{
    private static readonly TimeSpan OperationLimit = TimeSpan.FromSeconds(60);
    private static readonly BatonOptions Off = new() { Engine = "redis", Replication = true, Notifications = false };

    [Fact]
    public async Task clients_whose_opt_in_is_refused_lose_neither_a_command_nor_their_connection()
    {
        await using var cluster = await BatonProcess.StartAsync(Off);
        var host = await cluster.HostAsync();
        using var names = new NamesFile(cluster, host);
        var peers = new List<IPeer>
        {
            await StackExchangePeer.StartAsync(
                "auto", host, cluster.Port, subscribes: true, options =>
                    options.MaintenanceNotifications = MaintenanceNotificationMode.Auto),
        };
        if (NodePeer.Missing is null)
        {
            peers.Add(await NodePeer.StartAsync("node-redis.mjs", Configuration(cluster, host, new JsonObject { ["RESP"] = 3 })));
        }

        await MigrateAndFailOverAsync(cluster);
        foreach (var verdict in (await Task.WhenAll(peers.Select(peer => peer.StopAsync()))).SelectMany(all => all))
        {
            Assert.True(verdict.IsClean && verdict.Reconnects == 0 && verdict.KeptItsConnection, verdict.ToString());
            Assert.Empty(verdict.Notifications);
        }

        foreach (var peer in peers)
        {
            await peer.DisposeAsync();
        }
    }

    [Fact]
    public async Task a_client_that_demands_notifications_is_told_why_it_cannot_have_them()
    {
        await using var cluster = await BatonProcess.StartAsync(Off with { Engine = "garnet", Replication = false });
        var host = await cluster.HostAsync();
        await Assert.ThrowsAsync<RedisConnectionException>(() => StackExchangePeer.StartAsync(
            "enabled", host, cluster.Port, subscribes: false, options =>
                options.MaintenanceNotifications = MaintenanceNotificationMode.Enabled));
        if (NodePeer.Missing is { } missing)
        {
            Assert.Skip(missing);
        }

        var strict = Configuration(cluster, host, new JsonObject { ["RESP"] = 3, ["maintNotifications"] = "enabled" });
        await using var client = NodePeer.Run("node-redis.mjs", strict);
        const string Reason = "maintenance notifications are disabled on this server";
        await Eventually.TrueAsync(
            () => client.Errors.Any(line => line.Contains(Reason, StringComparison.Ordinal)),
            OperationLimit,
            "the reason on node-redis' error event",
            () => client.Tail);
    }

    private static async Task MigrateAndFailOverAsync(BatonProcess cluster)
    {
        var shards = await cluster.Api.ShardsAsync();
        var master = shards.Single(shard => shard.IsMaster);
        var free = cluster.NodeAddresses.Keys.First(node => shards.All(shard => shard.Node != node));
        await cluster.Api.CompleteAsync(await cluster.Api.MigrateAsync([master.Uid], free), OperationLimit);
        await cluster.Api.CompleteAsync(await cluster.Api.FailoverAsync([master.Uid]), OperationLimit);
    }

    private static JsonObject Configuration(BatonProcess cluster, string host, JsonObject options) => new()
    {
        ["host"] = host,
        ["port"] = cluster.Port,
        ["prefix"] = "off",
        ["profiles"] = new JsonArray { new JsonObject { ["name"] = "refused", ["options"] = options, ["hard"] = true } },
    };
}
