using System.Diagnostics;
using Baton.Client.Tests.Kit;
using Xunit;

namespace Baton.Client.Tests.Connections;

/// <summary>Callers whose code does what it should not, on the thread that delivers results: the others must not notice for long.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private const int Callers = 64;

    /// <summary>Not more threads than the pool makes at once.</summary>
    private const int Blocked = 8;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private PlainRedis _server = null!;
    private RedisClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PlainRedis.StartAsync();
        _client = await RedisClient.ConnectAsync(
            new RedisClientOptions { Endpoints = [new RedisEndpoint("127.0.0.1", _server.Port)], CommandTimeout = Limit });
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_caller_may_block_until_another_one_has_its_result()
    {
        var results = new TaskCompletionSource[Blocked];
        for (var i = 0; i < Blocked; i++)
        {
            results[i] = new TaskCompletionSource();
        }

        var callers = Start(Blocked, async number =>
        {
            await _client.IncrAsync("counter");
            results[number].SetResult();
            Assert.True(results[(number + 1) % Blocked].Task.Wait(Limit));
        });

        await Task.WhenAll(callers).WaitAsync(Limit);
    }

    [Fact]
    public async Task A_caller_may_block_until_its_next_command_is_answered()
    {
        var callers = Start(Blocked, async _ =>
        {
            await _client.IncrAsync("counter");
            Assert.True(_client.IncrAsync("counter").AsTask().Wait(Limit));
        });

        await Task.WhenAll(callers).WaitAsync(Limit);
        Assert.Equal(2 * Blocked, await _client.ExecuteAsync<long>($"GET counter"));
    }

    [Fact]
    public async Task A_caller_may_go_on_with_blocking_calls()
    {
        var callers = Start(Callers, async _ =>
        {
            await _client.IncrAsync("counter");
            _client.Execute<long>($"INCR counter");
            await _client.IncrAsync("counter");
            _client.Execute<long>($"INCR counter");
        });

        await Task.WhenAll(callers).WaitAsync(Limit);
        Assert.Equal(4 * Callers, await _client.ExecuteAsync<long>($"GET counter"));
    }

    [Fact]
    public async Task Callers_that_take_long_do_not_wait_for_one_another()
    {
        // The server answers everything that came meanwhile at once.
        var busy = _client.ExecuteAsync<long>($"EVAL {"for i = 1, 2e7 do end return 1"} 0").AsTask();
        var (atWork, most) = (0, 0);
        var callers = Enumerable.Range(0, 2 * Blocked).Select(async _ =>
        {
            await _client.IncrAsync("counter").ConfigureAwait(false);
            var begin = Stopwatch.GetTimestamp();
            var now = Interlocked.Increment(ref atWork);
            for (var seen = most; seen < now; seen = most)
            {
                Interlocked.CompareExchange(ref most, now, seen);
            }

            SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(begin) > Deliveries.SlowShare / 2);
            Interlocked.Decrement(ref atWork);
        }).ToArray();

        await Task.WhenAll([busy, .. callers]).WaitAsync(Limit);
        Assert.InRange(most, 2, 2 * Blocked);
    }

    [Fact]
    public async Task A_caller_that_never_comes_back_keeps_nothing()
    {
        using var end = new ManualResetEventSlim();
        var gone = Start(4, async _ =>
        {
            await _client.IncrAsync("counter");
            Assert.True(end.Wait(Limit));
        });

        var others = Start(Callers, async _ =>
        {
            for (var i = 0; i < 100; i++)
            {
                await _client.IncrAsync("others");
            }
        });
        await Task.WhenAll(others).WaitAsync(Limit);
        Assert.Equal(100 * Callers, await _client.ExecuteAsync<long>($"GET others").AsTask().WaitAsync(Limit));

        end.Set();
        await Task.WhenAll(gone).WaitAsync(Limit);
    }

    [Fact]
    public async Task Replies_keep_their_commands_through_all_of_it()
    {
        var random = new Random(7);
        var blocks = Enumerable.Range(0, Callers).Select(_ => random.Next(4)).ToArray();
        var callers = Start(Callers, async number =>
        {
            for (var i = 0; i < 200; i++)
            {
                var sent = $"{number}:{i}";
                Assert.Equal(sent, await _client.ExecuteAsync<string>($"ECHO {sent}"));
                if (blocks[number] == 0 && i % 10 == 0)
                {
                    Assert.Equal(sent, _client.Execute<string>($"ECHO {sent}"));
                }
                else if (blocks[number] == 1 && i % 10 == 0)
                {
                    Assert.Equal(sent, _client.ExecuteAsync<string>($"ECHO {sent}").AsTask().WaitAsync(Limit).GetAwaiter().GetResult());
                }
            }
        });

        await Task.WhenAll(callers).WaitAsync(Limit);
    }

    [Fact]
    public async Task What_one_caller_leaves_on_the_thread_the_next_one_does_not_find()
    {
        var local = new AsyncLocal<string?>();
        var found = new TaskCompletionSource<string?>[Callers];
        for (var i = 0; i < Callers; i++)
        {
            var seen = found[i] = new TaskCompletionSource<string?>();
            var awaiter = _client.IncrAsync("counter").GetAwaiter();

            // Also when it is there already: here, what it leaves would be this test's own.
            awaiter.UnsafeOnCompleted(() =>
            {
                awaiter.GetResult();
                seen.SetResult(local.Value);
                local.Value = "left";
            });
        }

        Assert.All(await Task.WhenAll(found.Select(seen => seen.Task)).WaitAsync(Limit), Assert.Null);
        Assert.Equal(1, await _client.IncrAsync("goes on").AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task A_client_may_be_disposed_by_a_caller_that_just_got_its_result()
    {
        var other = await RedisClient.ConnectAsync(new RedisClientOptions { Endpoints = [new RedisEndpoint("127.0.0.1", _server.Port)] });
        using var end = new ManualResetEventSlim();
        var callers = Start(4, async number =>
        {
            await other.IncrAsync("counter");
            if (number == 0)
            {
                await other.DisposeAsync();
                Assert.True(end.Wait(Limit));
            }
        });

        // Each of the others has its result, or is told that there is no client any more.
        foreach (var caller in callers[1..])
        {
            await Task.WhenAny(caller).WaitAsync(Limit);
            Assert.True(caller.IsCompletedSuccessfully || caller.Exception?.InnerException is RedisConnectionException);
        }

        end.Set();
        await callers[0].WaitAsync(Limit);
    }

    /// <summary>Outside of the test's synchronization context, which would take the callers off the thread that delivers.</summary>
    private static Task[] Start(int count, Func<int, Task> caller) =>
        [.. Enumerable.Range(0, count).Select(number => Task.Run(() => caller(number)))];
}
