using Baton.TestKit.Processes;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>A cluster whose one shard is switched again and again under passengers; its tests run one after the other.</summary>
public abstract class SwitchingCluster(string engine) : IAsyncLifetime
{
    private static readonly TimeSpan SwitchLimit = TimeSpan.FromSeconds(60);
    private BatonProcess? _process;

    /// <summary>True for real Redis: replicas, streams, functions and sharded pub/sub.</summary>
    public bool IsRedis => engine == "redis";

    /// <summary>The process.</summary>
    public BatonProcess Process => _process ?? throw new InvalidOperationException("Not started.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() =>
        _process = await BatonProcess.StartAsync(new BatonOptions { Engine = engine, Replication = IsRedis, DelayMs = 100 });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Process.DisposeAsync();
    }

    /// <summary>A new connection to the database.</summary>
    public async Task<RawConnection> ConnectAsync(bool resp3 = false)
    {
        var host = await Process.HostAsync();
        return resp3 ? await RawConnection.ConnectResp3Async(host, Process.Port) : await RawConnection.ConnectAsync(host, Process.Port);
    }

    /// <summary>Moves the master to another node, or hands over to its replica.</summary>
    public async Task SwitchAsync(string operation)
    {
        if (operation == "failover")
        {
            Assert.SkipUnless(IsRedis, "The embedded engine has no replicas, and so no failover.");
        }

        await Process.Api.CompleteAsync(await StartAsync(operation), SwitchLimit);
    }

    /// <summary>Every switch this engine knows, one after the other.</summary>
    public async Task SwitchInEveryWayAsync()
    {
        await SwitchAsync("migrate");
        if (IsRedis)
        {
            await SwitchAsync("failover");
        }

        await SwitchAsync("migrate");
    }

    private async Task<string> StartAsync(string operation)
    {
        var shards = await Process.Api.ShardsAsync();
        var master = shards.Single(shard => shard.IsMaster);
        if (operation == "failover")
        {
            return await Process.Api.FailoverAsync([master.Uid]);
        }

        var taken = shards.Select(shard => shard.Node).ToHashSet();
        return await Process.Api.MigrateAsync([master.Uid], Process.NodeAddresses.Keys.First(node => !taken.Contains(node)));
    }
}
