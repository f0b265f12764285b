using Baton.TestKit.Processes;
using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>redis-benchmark at full speed while the shard is switched under it: its own verdict is that nothing failed.</summary>
[Collection(HeavyLoad.Name)]
public sealed class RedisBenchmarkTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData("garnet")]
    [InlineData("redis")]
    public async Task it_finishes_without_an_error_through_migrations(string engine)
    {
        await using var cluster = await BatonProcess.StartAsync(new BatonOptions { Engine = engine, Shards = 2 });
        string[] arguments =
        [
            "-h", await cluster.HostAsync(), "-p", $"{cluster.Port}", "-q", "-c", "20", "-P", "8", "-d", "32", "-r", "10000", "-l",
            "-n", "20000", "-t", "set,get,incr,lpush,rpop,sadd,hset,mset",
        ];
        await using var benchmark = new ChildProcess("redis-benchmark", arguments);
        foreach (var node in (int[])[3, 1, 2])
        {
            var masters = (await cluster.Api.ShardsAsync()).Where(shard => shard.IsMaster && shard.Node != node).Select(shard => shard.Uid);
            await cluster.Api.CompleteAsync(await cluster.Api.MigrateAsync(masters, node), Limit);
            Assert.False(benchmark.HasExited, benchmark.Tail);
        }

        var text = string.Join('\n', benchmark.Output.Concat(benchmark.Errors));
        Assert.DoesNotContain("rror", text, StringComparison.Ordinal);
        Assert.DoesNotContain("lost", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task every_default_test_of_it_runs_against_the_proxy()
    {
        await using var cluster = await BatonProcess.StartAsync(new BatonOptions { Engine = "redis", Shards = 1 });
        await using var benchmark = new ChildProcess(
            "redis-benchmark", ["-h", await cluster.HostAsync(), "-p", $"{cluster.Port}", "-q", "-c", "10", "-n", "2000"]);
        Assert.Equal(0, await benchmark.ExitAsync(Limit));
        Assert.DoesNotContain("rror", string.Join('\n', benchmark.Output.Concat(benchmark.Errors)), StringComparison.Ordinal);
        Assert.Contains(benchmark.Output, line => line.Contains("MSET (10 keys)", StringComparison.Ordinal));
    }
}
