using System.Text.Json.Nodes;
using Baton.TestKit.Processes;
using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>A cluster whose notifications are looked at byte by byte; its tests run one after the other.</summary>
public abstract class ProbedCluster(string engine) : IAsyncLifetime
{
    /// <summary>Longest operation.</summary>
    public static readonly TimeSpan OperationLimit = TimeSpan.FromSeconds(60);

    /// <summary>Two masters on one node and their replicas on two others leave one that can take both masters.</summary>
    private const int NodeCount = 4;

    private const int NoNode = 0;

    private BatonProcess? _process;

    /// <summary>True where a failover is possible.</summary>
    public bool HasReplicas => engine == "redis";

    /// <summary>The process.</summary>
    public BatonProcess Process => _process ?? throw new InvalidOperationException("Not started.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() =>
        _process = await BatonProcess.StartAsync(
            new BatonOptions { Engine = engine, Shards = 2, Replication = HasReplicas, Nodes = NodeCount });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Process.DisposeAsync();
    }

    /// <summary>Uids of the masters.</summary>
    public async Task<int[]> MastersAsync() =>
        [.. (await Process.Api.ShardsAsync()).Where(shard => shard.IsMaster).Select(shard => shard.Uid).Order()];

    /// <summary>A node without any of these shards and their replicas: a move there moves every one of them.</summary>
    public async Task<int> FreeNodeAsync(int[] masters)
    {
        var all = await Process.Api.ShardsAsync();
        var slots = all.Where(shard => masters.Contains(shard.Uid)).Select(shard => shard.Slots).ToHashSet();
        var taken = all.Where(shard => slots.Contains(shard.Slots)).Select(shard => shard.Node).ToHashSet();
        return Process.NodeAddresses.Keys.FirstOrDefault(node => !taken.Contains(node), NoNode) is var free and not NoNode
            ? free
            : throw new InvalidOperationException($"No node is free of shards {string.Join(", ", masters)} and their replicas.");
    }

    /// <summary>Every node's proxy serves the database afterwards.</summary>
    public async Task WidenAsync() => await BindAsync(new JsonObject { ["proxy_policy"] = "all-nodes" });

    /// <summary>Only the proxy on the masters' node serves it afterwards.</summary>
    public Task<string> StartNarrowingAsync() => Process.Api.BindAsync(
        Process.Database, new JsonObject { ["proxy_policy"] = "single", ["endpoint"] = $"{Process.Database}:1" });

    /// <summary>Rebinds and waits.</summary>
    public async Task BindAsync(JsonObject change)
    {
        var (status, body) = await Process.Api.RawAsync(HttpMethod.Put, $"/v1/bdbs/{Process.Database}", change);
        Assert.Equal(200, status);
        if (body?["action_uid"]?.GetValue<string>() is { } action)
        {
            await Process.Api.CompleteAsync(action, OperationLimit);
        }
    }

    /// <summary>Puts all masters on one node, and only its proxy to serve. Returns its address.</summary>
    public async Task<string> GatherAsync()
    {
        var masters = await MastersAsync();
        await Process.Api.CompleteAsync(await Process.Api.MigrateAsync(masters, await NodeForAllAsync()), OperationLimit);
        await BindAsync(new JsonObject { ["proxy_policy"] = "single", ["endpoint"] = $"{Process.Database}:1" });
        return await Process.HostAsync();
    }

    /// <summary>A node without replicas, and, where there is one, without masters too.</summary>
    private async Task<int> NodeForAllAsync()
    {
        var all = await Process.Api.ShardsAsync();
        var replicas = all.Where(shard => !shard.IsMaster).Select(shard => shard.Node).ToHashSet();
        var taken = all.Select(shard => shard.Node).ToHashSet();
        return Process.NodeAddresses.Keys.Where(node => !replicas.Contains(node)).OrderBy(taken.Contains).First();
    }
}
