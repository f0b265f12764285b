using System.Text.Json.Nodes;
using Baton.TestKit;
using Baton.TestKit.Load;
using Baton.TestKit.Processes;
using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>
/// One cluster, all clients, every operation: the clients of <see cref="ClientProfiles.ShardNames"/> live through the shard operations,
/// those of <see cref="ClientProfiles.HandoffNames"/> also through the moves of the endpoint. Runs once; the tests of a class read what
/// came of it.
/// </summary>
public abstract class Campaign : IAsyncLifetime
{
    private static readonly TimeSpan OperationLimit = TimeSpan.FromSeconds(60);
    private readonly BatonOptions _options;
    private readonly List<IPeer> _shardPeers = [];
    private readonly List<IPeer> _handoffPeers = [];
    private readonly List<OperationRun> _operations = [];
    private readonly List<string> _announced = [];
    private readonly Dictionary<string, PeerVerdict> _verdicts = [];
    private BatonProcess? _cluster;
    private NamesFile? _names;
    private string? _clientsAt;

    /// <summary>A campaign against one kind of cluster.</summary>
    protected Campaign(string engine, int shards) =>
        _options = new BatonOptions { Engine = engine, Shards = shards, Replication = engine == "redis" };

    /// <summary>The operations, in order.</summary>
    public IReadOnlyList<OperationRun> Operations => _operations;

    /// <summary>What every opted-in client must have been told, in order: type, sequence and shards.</summary>
    public IReadOnlyList<string> Announced => _announced;

    /// <summary>The engine under test.</summary>
    public string Engine => _options.Engine;

    private BatonProcess Cluster => _cluster ?? throw new InvalidOperationException("The campaign has not started.");

    /// <summary>The verdict on a client whose name ends with the given one.</summary>
    public PeerVerdict Verdict(string profile) =>
        _verdicts.TryGetValue(profile, out var verdict)
            ? verdict
            : throw new InvalidOperationException($"No verdict on {profile}; there are: {string.Join(", ", _verdicts.Keys)}");

    /// <summary>Starts, runs everything, collects.</summary>
    public async ValueTask InitializeAsync()
    {
        _cluster = await BatonProcess.StartAsync(_options);
        _clientsAt = await _cluster.HostAsync();
        _names = new NamesFile(_cluster, _clientsAt);
        await StartShardPeersAsync();
        await StartHandoffPeersAsync();
        await RunShardOperationsAsync();
        await CollectAsync(_shardPeers);
        await RunEndpointOperationsAsync();
        await CollectAsync(_handoffPeers);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _shardPeers.Concat(_handoffPeers))
        {
            await peer.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _names?.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task StartShardPeersAsync()
    {
        if (NodePeer.Missing is null)
        {
            _shardPeers.Add(await NodePeer.StartAsync("node-redis.mjs", Configuration("shard", ClientProfiles.NodeRedisShard())));
            _shardPeers.Add(await NodePeer.StartAsync("ioredis.mjs", Configuration("io", ClientProfiles.IoRedisShard())));
        }

        foreach (var (name, configure) in ClientProfiles.StackExchangeShard())
        {
            _shardPeers.Add(await StackExchangePeer.StartAsync(name, _clientsAt!, Cluster.Port, subscribes: true, configure));
        }

        _shardPeers.Add(await RedisCliPeer.StartAsync(_clientsAt!, Cluster.Port));
    }

    private async Task StartHandoffPeersAsync()
    {
        if (NodePeer.Missing is null)
        {
            _handoffPeers.Add(await NodePeer.StartAsync("node-redis.mjs", Configuration("handoff", ClientProfiles.NodeRedisHandoff())));
        }

        foreach (var (name, configure) in ClientProfiles.StackExchangeHandoff())
        {
            _handoffPeers.Add(await StackExchangePeer.StartAsync(name, _clientsAt!, Cluster.Port, subscribes: false, configure));
        }
    }

    private async Task RunShardOperationsAsync()
    {
        var masters = await MastersAsync();
        await MigrateAsync("migrate one shard", [masters[0]]);
        await MigrateAsync("migrate all masters", masters);
        if (_options.Replication)
        {
            await FailoverAsync("failover", masters);
            await FailoverAsync("failover back", await MastersAsync());
        }

        await BindAsync("bind all-nodes", new JsonObject { ["proxy_policy"] = "all-nodes" });
    }

    private async Task RunEndpointOperationsAsync()
    {
        var single = new JsonObject { ["proxy_policy"] = "single", ["endpoint"] = $"{Cluster.Database}:1" };
        await MoveMastersAwayFromClientsAsync();
        await BindAsync("shrink to single", single.DeepClone().AsObject());
        await MigrateAsync("migrate before bind", await MastersAsync());
        await BindAsync("bind to the masters' node", single.DeepClone().AsObject());
        await MigrateAsync("spread", [(await MastersAsync())[0]]);
        await BindAsync("bind all-master-shards", new JsonObject { ["proxy_policy"] = "all-master-shards" });
        await BindAsync("bind all-nodes again", new JsonObject { ["proxy_policy"] = "all-nodes" });
    }

    private async Task<int[]> MastersAsync() =>
        [.. (await Cluster.Api.ShardsAsync()).Where(shard => shard.IsMaster).Select(shard => shard.Uid)];

    // The shrink must hit the node the clients are on, or nobody would be told.
    private async Task MoveMastersAwayFromClientsAsync()
    {
        var shards = await Cluster.Api.ShardsAsync();
        if (shards.Any(shard => shard.IsMaster && Cluster.NodeAddresses[shard.Node] == _clientsAt))
        {
            await MigrateAsync("migrate before shrink", await MastersAsync());
        }
    }

    // To a node that holds neither one of these masters nor a replica of theirs.
    private async Task MigrateAsync(string name, int[] masters)
    {
        var all = await Cluster.Api.ShardsAsync();
        var slots = all.Where(shard => masters.Contains(shard.Uid)).Select(shard => shard.Slots).ToHashSet();
        var taken = all.Where(shard => slots.Contains(shard.Slots)).Select(shard => shard.Node).ToHashSet();
        var free = Cluster.NodeAddresses.Keys.Where(node => !taken.Contains(node)).ToArray();
        if (free.Length == 0)
        {
            var masterNodes = all.Where(shard => masters.Contains(shard.Uid)).Select(shard => shard.Node).ToArray();
            var replicaNodes = all.Where(shard => !shard.IsMaster && slots.Contains(shard.Slots)).Select(shard => shard.Node).ToHashSet();
            free = [.. masterNodes.Where(node => !replicaNodes.Contains(node)).Take(1)];
        }

        // One that is there already is left out of the operation, and of its notifications.
        var moved = all.Where(shard => masters.Contains(shard.Uid) && shard.Node != free[0]).Select(shard => shard.Uid).ToArray();
        await RunAsync(name, () => Cluster.Api.MigrateAsync(masters, free[0]));
        ExpectPair("MIGRATING", "MIGRATED", moved);
    }

    private async Task FailoverAsync(string name, int[] masters)
    {
        await RunAsync(name, () => Cluster.Api.FailoverAsync(masters));
        ExpectPair("FAILING_OVER", "FAILED_OVER", masters);
    }

    private async Task BindAsync(string name, JsonObject change)
    {
        var before = await Cluster.Api.EndpointAddressesAsync(Cluster.Database);
        var action = await Cluster.Api.BindAsync(Cluster.Database, change);
        await PointNamesToAsync(before, action);
        var end = await Cluster.Api.EndAsync(action, OperationLimit);
        Record(name, end);
        var after = await Cluster.Api.EndpointAddressesAsync(Cluster.Database);
        if (before.Except(after).Any())
        {
            _announced.Add($"MOVING {_announced.Count + 1}");
        }

        if (!after.Contains(_clientsAt!))
        {
            _clientsAt = after[0];
        }
    }

    // As a name server would: away from what leaves, as soon as the new place is there.
    private async Task PointNamesToAsync(IReadOnlyList<string> before, string action)
    {
        await Eventually.TrueAsync(
            async () => (await Cluster.Api.ActionAsync(action))["status"]!.GetValue<string>() is "completed" or "failed"
                || (await Cluster.Api.EndpointAddressesAsync(Cluster.Database)).Except(before).Any()
                || before.Count > 1,
            OperationLimit,
            "the new proxy to be bound");
        var now = await Cluster.Api.EndpointAddressesAsync(Cluster.Database);
        var masters = (await Cluster.Api.ShardsAsync()).Where(shard => shard.IsMaster).Select(shard => Cluster.NodeAddresses[shard.Node]);
        _names!.PointTo(masters.FirstOrDefault(now.Contains) ?? now[0]);
    }

    private async Task RunAsync(string name, Func<Task<string>> start) =>
        Record(name, await Cluster.Api.EndAsync(await start(), OperationLimit));

    private void Record(string name, JsonNode end)
    {
        var text = $"{DateTime.UtcNow:mm:ss.fff} {end.ToJsonString()}";
        _operations.Add(new OperationRun(name, text, end["status"]!.GetValue<string>() == "completed"));
    }

    private void ExpectPair(string opener, string closer, int[] shards)
    {
        var text = $"[{string.Join(", ", shards.Order().Select(shard => $"\"{shard}\""))}]";
        _announced.Add($"{opener} {_announced.Count + 1} {text}");
        _announced.Add($"{closer} {_announced.Count + 1} {text}");
    }

    private async Task CollectAsync(List<IPeer> peers)
    {
        foreach (var verdict in (await Task.WhenAll(peers.Select(peer => peer.StopAsync()))).SelectMany(all => all))
        {
            _verdicts[ProfileOf(verdict.Client)] = verdict;
        }
    }

    // "node-redis 6.3.1 auto" and "redis-cli pipe" are known as "node-redis auto" and "redis-cli pipe".
    private static string ProfileOf(string client) =>
        client.Split(' ') is [var name, _, var profile] ? $"{name} {profile}" : client;

    private JsonObject Configuration(string prefix, JsonArray profiles) => new()
    {
        ["host"] = NamesFile.DatabaseName,
        ["port"] = Cluster.Port,
        ["prefix"] = prefix,
        ["names"] = _names!.Path,
        ["profiles"] = profiles,
    };
}
