using System.Text.Json.Nodes;
using Baton.TestKit.Load;
using Baton.TestKit.Processes;
using StackExchange.Redis;
using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>
/// One run with the announced times as they are without any setting: 2 s before an operation, 15 s for an endpoint to move.
/// </summary>
[Collection(HeavyLoad.Name)]
public sealed class DefaultWindowsTests
{
    private static readonly TimeSpan OperationLimit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task clients_follow_a_migration_and_an_endpoint_at_the_default_pace()
    {
        var defaults = new BatonOptions { DelayMs = null, GraceSeconds = null, HoldLimitMs = null };
        await using var cluster = await BatonProcess.StartAsync(defaults);
        var host = await cluster.HostAsync();
        using var names = new NamesFile(cluster, host);
        await using var probes = await ProbeSet.OpenAsync(cluster, [host]);
        var peers = await StartAsync(cluster, host, names);
        var shard = (await cluster.Api.ShardsAsync()).Single();
        await cluster.Api.CompleteAsync(await cluster.Api.MigrateAsync([shard.Uid], shard.Node == 3 ? 2 : 3), OperationLimit);
        var change = new JsonObject { ["proxy_policy"] = "single", ["endpoint"] = "1:1" };
        await cluster.Api.CompleteAsync(await cluster.Api.BindAsync(cluster.Database, change), OperationLimit);
        var verdicts = (await Task.WhenAll(peers.Select(peer => peer.StopAsync()))).SelectMany(all => all).ToArray();
        Assert.All(verdicts, verdict => Assert.True(verdict.IsClean && verdict.Reconnects == 0, verdict.ToString()));

        var bare = probes.All.Single(probe => probe.EndpointType.Length == 0);
        Assert.Equal(
            [
                ExpectedFrames.Opener("MIGRATING", 1, 2, [shard.Uid]), ExpectedFrames.Closer("MIGRATED", 2, [shard.Uid]),
                ExpectedFrames.Moving(3, 15, null),
            ],
            bare.Frames);
        foreach (var peer in peers)
        {
            await peer.DisposeAsync();
        }
    }

    private static async Task<List<IPeer>> StartAsync(BatonProcess cluster, string host, NamesFile names)
    {
        var peers = new List<IPeer>
        {
            await StackExchangePeer.StartAsync(
                "enabled", host, cluster.Port, subscribes: false, options =>
                    options.MaintenanceNotifications = MaintenanceNotificationMode.Enabled),
        };
        if (NodePeer.Missing is null)
        {
            peers.Add(await NodePeer.StartAsync("node-redis.mjs", new JsonObject
            {
                ["host"] = host,
                ["port"] = cluster.Port,
                ["prefix"] = "default",
                ["names"] = names.Path,
                ["profiles"] = new JsonArray { new JsonObject { ["name"] = "auto", ["options"] = new JsonObject { ["RESP"] = 3 } } },
            }));
        }

        return peers;
    }
}
