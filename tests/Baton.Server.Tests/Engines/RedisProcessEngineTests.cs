using System.Collections.Immutable;
using System.Diagnostics;
using Baton.Server.Engines;
using Baton.Server.Engines.RedisProcess;
using Baton.Server.Engines.Wire;
using Baton.TestKit;
using Xunit;

namespace Baton.Server.Tests.Engines;

public sealed class RedisProcessEngineTests() : ShardEngineContract(EngineKind.Redis)
{
    [Fact]
    public async Task it_outlives_the_thread_that_asked_for_it()
    {
        await using EngineLab lab = new();
        IEngineFactory factory = await EngineLab.FactoryAsync(EngineKind.Redis);
        IShardEngine? engine = null;
        Thread thread = new(() => engine = factory.StartAsync(lab.Spec(), CancellationToken.None).GetAwaiter().GetResult());
        thread.Start();
        Assert.True(thread.Join(EngineLab.Patience));

        await using (engine!)
        {
            await using RespConnection client = await lab.ConnectAsync(engine!);
            Assert.Equal("PONG", (await client.CallAsync(["PING"], lab.Token)).Text);
            Assert.False(engine!.Died.IsCompleted);
        }
    }

    [Fact]
    public async Task an_unexpected_end_is_told_with_exit_code_and_last_words()
    {
        await using EngineLab lab = new();
        RedisProcessEngine engine = (RedisProcessEngine)await lab.StartAsync(EngineKind.Redis);
        using Process process = Process.GetProcessById(engine.ProcessId);

        process.Kill();

        string reason = await engine.Died.WaitAsync(EngineLab.Patience);
        Assert.Contains("exit code 137", reason, StringComparison.Ordinal);
        Assert.Contains("Ready to accept connections", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_master_hears_from_its_replica_and_after_its_end_the_replica_can_be_master()
    {
        await using EngineLab lab = new();
        IShardEngine master = await lab.StartAsync(EngineKind.Redis);
        IShardEngine replica = await lab.StartAsync(EngineKind.Redis);
        await replica.FollowAsync(master, lab.Token);
        string address = replica.Address.ToString()!;
        await Eventually.TrueAsync(
            async () => (await master.ProbeAsync(lab.Token)).Acknowledged.GetValueOrDefault(address) > 0, EngineLab.Patience, "a word");

        await master.EndAsync("stalled");

        Assert.Equal("stalled", await master.Died.WaitAsync(EngineLab.Patience));
        await replica.PromoteAsync(lab.Token);
        Assert.True((await replica.ProbeAsync(lab.Token)).IsMaster);
    }

    [Fact]
    public async Task a_start_that_fails_quotes_the_last_words()
    {
        await using EngineLab lab = new();
        ShardSpec spec = lab.Spec() with { Settings = new ShardSettings(0, "no-such-policy") };

        EngineException failed = await Assert.ThrowsAsync<EngineException>(() => lab.StartAsync(EngineKind.Redis, spec));

        Assert.Contains("exit code 1", failed.Message, StringComparison.Ordinal);
        Assert.Contains("no-such-policy", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_start_that_hangs_is_ended_by_its_limit()
    {
        EngineLab.Require(EngineKind.Redis);
        await using EngineLab lab = new();
        string program = Path.Combine(lab.Root, "hangs");
        await File.WriteAllTextAsync(program, "#!/bin/sh\nexec sleep 60\n", lab.Token);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        EngineLimits limits = EngineLimits.Default with { SpawnLimit = TimeSpan.FromMilliseconds(300) };
        RedisProcessFactory factory = new(new RedisBinary(program, "redis", new Version(7, 0)), limits, TimeProvider.System);

        EngineException failed = await Assert.ThrowsAsync<EngineException>(() => factory.StartAsync(lab.Spec(), lab.Token));

        Assert.Contains("SpawnLimit", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_program_that_is_none_is_named()
    {
        EngineException missing = await Assert.ThrowsAsync<EngineException>(() =>
            RedisBinary.LocateAsync("/no/such/redis-server", TimeProvider.System, CancellationToken.None));
        EngineException other = await Assert.ThrowsAsync<EngineException>(() =>
            RedisBinary.LocateAsync("/bin/cat", TimeProvider.System, CancellationToken.None));

        Assert.Contains("/no/such/redis-server", missing.Message, StringComparison.Ordinal);
        Assert.Contains("is no redis-server", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_replica_follows_and_is_pointed_to_another_master()
    {
        await using EngineLab lab = new();
        IShardEngine first = await lab.StartAsync(EngineKind.Redis);
        IShardEngine second = await lab.StartAsync(EngineKind.Redis);
        IShardEngine replica = await lab.StartAsync(EngineKind.Redis);
        await using RespConnection toFirst = await lab.ConnectAsync(first);
        await using RespConnection toSecond = await lab.ConnectAsync(second);
        await toFirst.DemandAsync(["SET", "who", "first"], lab.Token);
        await toSecond.DemandAsync(["SET", "who", "second"], lab.Token);
        await using RespConnection reader = await lab.ConnectAsync(replica);

        await replica.FollowAsync(first, lab.Token);
        await MoveLab.UntilAsync(async () => (await replica.ProbeAsync(lab.Token)).LinkUp, lab.Token);
        string before = (await reader.CallAsync(["GET", "who"], lab.Token)).Text;
        await replica.FollowAsync(second, lab.Token);
        await MoveLab.UntilAsync(async () => (await reader.CallAsync(["GET", "who"], lab.Token)).Text == "second", lab.Token);

        Assert.Equal("first", before);
        Assert.False((await replica.ProbeAsync(lab.Token)).IsMaster);
    }

    [Fact]
    public async Task settings_take_effect_at_once_and_a_refused_one_is_named_and_keeps_no_other_from_it()
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(EngineKind.Redis);
        await using RespConnection client = await lab.ConnectAsync(engine);
        ImmutableSortedDictionary<string, string> settings =
            ImmutableSortedDictionary<string, string>.Empty.Add("hz", "20").Add("no-such-setting", "1").Add("notify-keyspace-events", "Ex");

        EngineException refused = await Assert.ThrowsAsync<EngineException>(
            () => engine.ConfigureAsync(new ShardSettings(64 << 20, "allkeys-lru", settings), lab.Token));

        Assert.Contains("no-such-setting", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hz", refused.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["maxmemory", "67108864", "maxmemory-policy", "allkeys-lru", "hz", "20", "notify-keyspace-events", "xE"],
            await ReadAsync("maxmemory", "maxmemory-policy", "hz", "notify-keyspace-events"));
        Assert.Equal(64 << 20, engine.Settings.MemoryLimitBytes);

        async Task<string[]> ReadAsync(params string[] names)
        {
            List<string> found = [];
            foreach (string name in names)
            {
                found.AddRange((await client.DemandAsync(["CONFIG", "GET", name], lab.Token)).Items!.Select(item => item.Text));
            }

            return [.. found];
        }
    }
}
