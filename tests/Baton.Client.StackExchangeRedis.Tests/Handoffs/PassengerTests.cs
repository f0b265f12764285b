using System.Collections.Concurrent;
using Baton.Client.StackExchangeRedis.Tests.Kit;
using Baton.TestKit;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using Xunit;

namespace Baton.Client.StackExchangeRedis.Tests.Handoffs;

/// <summary>What travels on the connections while they move back and forth: nothing is lost, doubled or torn.</summary>
public sealed class PassengerTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private PlainRedis _redis = null!;
    private HandoffRelay _a = null!;
    private HandoffRelay _b = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await PlainRedis.StartAsync();
        _a = Relays.InFrontOf(_redis, delayMs: 10);
        _b = Relays.InFrontOf(_redis, delayMs: 10);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Transactions_with_conditions_are_never_torn()
    {
        await using var client = await ConnectAsync();
        var stop = false;
        var committed = 0;
        var failures = new ConcurrentQueue<string>();
        async Task CallAsync(int caller)
        {
            StackExchange.Redis.RedisKey one = $"tx:{caller}:1", two = $"tx:{caller}:2";
            for (var round = 0; !Volatile.Read(ref stop); round++)
            {
                var transaction = client.Database.CreateTransaction();
                transaction.AddCondition(round == 0 ? Condition.KeyNotExists(one) : Condition.StringEqual(one, round));
                var first = transaction.StringIncrementAsync(one);
                var second = transaction.StringIncrementAsync(two);
                try
                {
                    if (!await transaction.ExecuteAsync() || await first != round + 1 || await second != round + 1)
                    {
                        failures.Enqueue($"{caller}: round {round} was not committed as a whole");
                    }

                    Interlocked.Increment(ref committed);
                }
                catch (StackExchange.Redis.RedisException e)
                {
                    failures.Enqueue(e.Message);
                    return;
                }
            }
        }

        Task[] callers = [.. Enumerable.Range(0, 8).Select(caller => Task.Run(() => CallAsync(caller)))];
        await MoveBackAndForthAsync(client, 4);
        Volatile.Write(ref stop, true);
        await Task.WhenAll(callers).Within(Limit);
        Assert.Empty(failures);
        Assert.True(committed > 20, $"only {committed} transactions: the handoffs had the connection to themselves");
    }

    [Fact]
    public async Task A_condition_that_no_longer_holds_is_noticed_across_handoffs()
    {
        await using var client = await ConnectAsync();
        await using var rival = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_redis.Port}");
        var stop = false;
        long committed = 0;
        async Task CallAsync(IDatabase database)
        {
            while (!Volatile.Read(ref stop))
            {
                var value = await database.StringGetAsync("contended");
                var transaction = database.CreateTransaction();
                transaction.AddCondition(value.IsNull ? Condition.KeyNotExists("contended") : Condition.StringEqual("contended", value));
                _ = transaction.StringSetAsync("contended", (long)value + 1);
                if (await transaction.ExecuteAsync())
                {
                    Interlocked.Increment(ref committed);
                }
            }
        }

        Task[] callers = [Task.Run(() => CallAsync(client.Database)), Task.Run(() => CallAsync(client.Database)), Task.Run(() => CallAsync(rival.GetDatabase()))];
        await MoveBackAndForthAsync(client, 6);
        Volatile.Write(ref stop, true);
        await Task.WhenAll(callers).Within(Limit);
        Assert.Equal(committed, (long)await rival.GetDatabase().StringGetAsync("contended"));
    }

    [Fact]
    public async Task Subscribers_miss_nothing_and_get_nothing_twice()
    {
        await using var client = await ConnectAsync();
        var seen = new ConcurrentQueue<long>();
        var patterns = new ConcurrentQueue<long>();
        (await client.Subscriber.SubscribeAsync(RedisChannel.Literal("news"))).OnMessage(message => seen.Enqueue((long)message.Message));
        (await client.Subscriber.SubscribeAsync(RedisChannel.Pattern("new?"))).OnMessage(message => patterns.Enqueue((long)message.Message));
        await using var publisher = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_redis.Port}");
        var stop = false;
        long published = 0;
        var publishing = Task.Run(async () =>
        {
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
            while (!Volatile.Read(ref stop))
            {
                for (var i = 0; i < 10; i++)
                {
                    await publisher.GetSubscriber().PublishAsync(RedisChannel.Literal("news"), ++published);
                }

                await pace.WaitForNextTickAsync();
            }
        });
        await MoveBackAndForthAsync(client, 4);
        await client.Subscriber.SubscribeAsync(RedisChannel.Literal("later"), (_, _) => { });
        Volatile.Write(ref stop, true);
        await publishing.Within(Limit);
        await Eventually.TrueAsync(
            () => seen.Count >= published && patterns.Count >= published, Limit, "last message", () => $"{seen.Count}, {patterns.Count} of {published}");
        Assert.Equal(Enumerable.Range(1, (int)published).Select(i => (long)i), seen);
        Assert.Equal(Enumerable.Range(1, (int)published).Select(i => (long)i), patterns);
        Assert.Empty(client.Failures);
    }

    [Fact]
    public async Task A_blocking_command_in_flight_gets_its_element_once()
    {
        await using var client = await ConnectAsync();
        var popping = client.Database.ExecuteAsync("BLPOP", "queue", "10");
        _a.TellMoving(1, 8, _b.Place);
        await Eventually.TrueAsync(() => _b.Accepted == 2, Limit, "new connections");
        await using var direct = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_redis.Port}");
        await direct.GetDatabase().ListRightPushAsync("queue", "element");

        Assert.Equal("element", ((string?[])(await popping.Within(Limit))!)[1]);
        await Eventually.TrueAsync(() => _a.Open == 0 && _b.Open == 2, Limit, "move");
        Assert.Equal(0, await direct.GetDatabase().ListLengthAsync("queue"));
        Assert.Empty(client.Failures);
    }

    [Fact]
    public async Task Batches_and_fire_and_forget_all_arrive()
    {
        await using var client = await ConnectAsync();
        var stop = false;
        long sent = 0;
        var sending = Task.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                var batch = client.Database.CreateBatch();
                Task[] awaited = [.. Enumerable.Range(0, 20).Select(_ => batch.StringIncrementAsync("awaited"))];
                batch.Execute();
                for (var i = 0; i < 20; i++)
                {
                    client.Database.StringIncrement("forgotten", flags: CommandFlags.FireAndForget);
                }

                await Task.WhenAll(awaited);
                sent += 20;
            }
        });
        await MoveBackAndForthAsync(client, 4);
        Volatile.Write(ref stop, true);
        await sending.Within(Limit);
        Assert.Equal(sent, (long)await client.Database.StringGetAsync("awaited"));
        Assert.Equal(sent, (long)await client.Database.StringGetAsync("forgotten"));
    }

    [Fact]
    public async Task Large_values_pass_in_both_directions_while_it_moves()
    {
        await using var client = await ConnectAsync();
        var stop = false;
        var value = new byte[3_000_000];
        new Random(7).NextBytes(value);
        var rounds = 0;
        var sending = Task.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                await client.Database.StringSetAsync("large", value);
                Assert.Equal(value, (byte[]?)await client.Database.StringGetAsync("large"));
                rounds++;
            }
        });
        await MoveBackAndForthAsync(client, 3);
        Volatile.Write(ref stop, true);
        await sending.Within(Limit);
        Assert.True(rounds > 2, $"only {rounds} rounds");
    }

    [Fact]
    public async Task The_distributed_cache_works_on_top_through_handoffs()
    {
        await using var client = await ConnectAsync();
        using var cache = new RedisCache(new RedisCacheOptions { ConnectionMultiplexerFactory = () => Task.FromResult<IConnectionMultiplexer>(client.Multiplexer) });
        var stop = false;
        var rounds = 0;
        var working = Task.Run(async () =>
        {
            for (; !Volatile.Read(ref stop); rounds++)
            {
                await cache.SetStringAsync($"item:{rounds}", $"value {rounds}", new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.FromMinutes(1) });
                Assert.Equal($"value {rounds}", await cache.GetStringAsync($"item:{rounds}"));
            }
        });
        await MoveBackAndForthAsync(client, 3);
        Volatile.Write(ref stop, true);
        await working.Within(Limit);
        Assert.True(rounds > 10, $"only {rounds} rounds");
    }

    [Fact]
    public async Task Data_protection_keeps_its_keys_on_top_through_a_handoff()
    {
        await using var client = await ConnectAsync();
        var one = new ServiceCollection().AddDataProtection().SetApplicationName("adapter")
            .PersistKeysToStackExchangeRedis(client.Multiplexer, "keys").Services.BuildServiceProvider();
        var hidden = one.GetRequiredService<IDataProtectionProvider>().CreateProtector("p").Protect("secret");
        await MoveBackAndForthAsync(client, 1);
        var two = new ServiceCollection().AddDataProtection().SetApplicationName("adapter")
            .PersistKeysToStackExchangeRedis(client.Multiplexer, "keys").Services.BuildServiceProvider();

        Assert.Equal("secret", two.GetRequiredService<IDataProtectionProvider>().CreateProtector("p").Unprotect(hidden));
        Assert.True(await client.Database.ListLengthAsync("keys") > 0);
        await one.DisposeAsync();
        await two.DisposeAsync();
    }

    private async Task<RelayedMultiplexer> ConnectAsync()
    {
        var client = await RelayedMultiplexer.ConnectAsync(_a.Place);
        await Eventually.TrueAsync(() => _a.OptIns.Count >= 2, Limit, "opt-ins");
        return client;
    }

    /// <summary>So many handoffs, each announced where the connections are.</summary>
    private async Task MoveBackAndForthAsync(RelayedMultiplexer client, int times)
    {
        var (from, to) = (_a, _b);
        for (var sequence = 1; sequence <= times; sequence++)
        {
            from.TellMoving(sequence, 10, to.Place);
            await Eventually.TrueAsync(
                () => from.Open == 0 && to.Open == 2, Limit, $"handoff {sequence}", () => $"{from.Open}, {to.Open}; {string.Join(" | ", client.Failures)}");
            (from, to) = (to, from);
        }

        Assert.Empty(client.Failures);
    }
}
