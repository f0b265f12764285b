using System.Text;
using Baton.Client.Tests.Kit;
using Baton.Client.Tests.PubSub;
using Xunit;

namespace Baton.Client.Tests.Relayed;

/// <summary>Rows of the comparison with other clients, through relays in front of a real redis-server. What is judged is counts, not times.</summary>
[Collection(VirtualTime.Name)]
public sealed class RelayedRowTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private PlainRedis _server = null!;
    private HandoffRelay _a = null!;
    private HandoffRelay _b = null!;
    private RedisClient? _client;

    private RedisClient Client => _client!;

    public async ValueTask InitializeAsync()
    {
        _server = await PlainRedis.StartAsync();
        _a = new HandoffRelay(_server.Address, "127.0.0.2", TimeProvider.System);
        _b = new HandoffRelay(_server.Address, "127.0.0.3", TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await using (_server)
        await using (_a)
        await using (_b)
        await using (_client)
        {
            // Each is ended, whatever the others' ends do.
        }
    }

    // Rows B1, B2, B3
    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(100)]
    public async Task A_named_move_fails_nobody_and_runs_nothing_twice(int roundTripMs)
    {
        var load = await LoadedAsync(100, roundTripMs);
        _a.Announce(Moving(1, 3, _b));
        await SoonAsync(() => _b.Accepted == 1 && _a.Open == 0, "the client has moved");
        await MoreAsync(load, 500);

        Assert.Equal(0, await EndAsync(load));
    }

    // Row B4
    [Fact]
    public async Task B4_a_move_under_saturation_fails_nobody_and_keeps_everybodys_order()
    {
        await ConnectAsync(0);
        var done = 0;
        var isOver = false;
        var callers = Enumerable.Range(0, 64).Select(async caller =>
        {
            for (var number = 1L; !Volatile.Read(ref isOver); number++)
            {
                Assert.Equal(number, await Client.ExecuteAsync<long>($"INCR {"caller" + caller}"));
                Interlocked.Increment(ref done);
            }
        }).ToList();
        await SoonAsync(() => done > 5_000, "callers are at work");
        _a.Announce(Moving(1, 3, _b));
        await SoonAsync(() => _b.Accepted == 1 && _a.Open == 0, "the client has moved");
        var then = done;
        await SoonAsync(() => done > then + 5_000, "callers go on");
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(callers).WaitAsync(Limit);
    }

    // Row B5
    [Fact]
    public async Task B5_while_nobody_listens_at_the_named_place_nothing_fails()
    {
        _b.StopListening();
        var load = await LoadedAsync(100, 20);
        _a.Announce(Moving(1, 30, _b));
        await MoreAsync(load, 3_000);
        Assert.Equal(1, _a.Open);
        _b.Listen();
        await SoonAsync(() => _b.Accepted > 0 && _a.Open == 0, "the client has moved");

        Assert.Equal(0, await EndAsync(load));
    }

    // Row B6
    [Fact]
    public async Task B6_a_place_that_accepts_and_answers_late_stalls_nobody()
    {
        _b.Settings = new RelaySettings { IsMute = true };
        var load = await LoadedAsync(100, 0);
        _a.Announce(Moving(1, 30, _b));
        await SoonAsync(() => _b.Accepted > 0, "the new place is dialled");
        await MoreAsync(load, 3_000);
        Assert.Equal(1, _a.Open);
        _b.Speak();
        await SoonAsync(() => _a.Open == 0, "the client has moved");

        Assert.Equal(0, await EndAsync(load));
    }

    // Row B9
    [Fact]
    public async Task B9_without_grace_only_what_was_in_flight_is_ambiguous()
    {
        var load = await LoadedAsync(100, 20);
        _a.Announce(Moving(1, 0, _b));
        _a.StopListening();
        _a.CloseAll();
        await SoonAsync(() => _b.Accepted > 0, "the client has moved");
        await MoreAsync(load, 500);
        var failed = await EndAsync(load, mostAmbiguous: 100);

        Assert.InRange(failed, 0, 100);
        Assert.All(load.Failures, static failure => Assert.Equal(CommandOutcome.MayHaveRun, Assert.IsType<RedisConnectionException>(failure).Outcome));
    }

    // Row D
    [Fact]
    public async Task D_after_an_abrupt_end_reads_go_on()
    {
        await ConnectAsync(100);
        var reads = Enumerable.Range(0, 200).Select(_ => Client.GetAsync("nothing").AsTask()).ToList();
        await SoonAsync(() => _a.Open == 1, "the connection is there");
        _a.CloseAll(abruptly: true);

        Assert.All(await Task.WhenAll(reads).WaitAsync(Limit), Assert.Null);
        Assert.Equal(2, _a.Accepted);
    }

    // Row E3
    [Fact]
    public async Task E3_of_commands_nobody_awaits_none_is_lost()
    {
        await ConnectAsync(20);
        var all = new List<Task<long>>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var round = 0; round < 100; round++)
        {
            all.AddRange(Enumerable.Range(0, 100).Select(_ => Client.ExecuteAsync<long>($"INCR {"n"}").AsTask()));
            if (round == 20)
            {
                _a.Announce(Moving(1, 5, _b));
            }

            await pace.WaitForNextTickAsync();
        }

        var numbers = await Task.WhenAll(all).WaitAsync(Limit);
        Assert.Equal(Enumerable.Range(1, 10_000).Select(static number => (long)number), numbers);
    }

    // Row B7, F58
    [Fact]
    public async Task B7_a_blocking_call_across_a_move_returns_its_element_once_and_delays_nobody()
    {
        var load = await LoadedAsync(100, 0);
        var pop = Client.ExecuteAsync<string[]>($"BLPOP {"list"} {30}").AsTask();
        await SoonAsync(() => Blocked() == 1, "the call blocks");
        _a.Announce(Moving(1, 15, _b));
        await SoonAsync(() => _a.Open == 0 && Blocked() == 1, "both connections have moved");
        await MoreAsync(load, 500);
        Assert.Equal(1, await Client.ExecuteAsync<long>($"RPUSH {"list"} {"one"}"));

        Assert.Equal(["list", "one"], (await pop.WaitAsync(Limit))!);
        Assert.Equal(0, await Client.ExecuteAsync<long>($"LLEN {"list"}"));
        Assert.Equal(0, await EndAsync(load));
    }

    // Row E2, F59: conditional transactions side by side, on connections of their own.
    [Fact]
    public async Task E2_conditional_transactions_across_a_move_are_done_or_not_done_and_nothing_hangs()
    {
        await ConnectAsync(5);
        var committed = 0;
        var isOver = false;
        var callers = Enumerable.Range(0, 20).Select(async caller =>
        {
            while (!Volatile.Read(ref isOver))
            {
                await using var watch = await Client.WatchAsync(["watched" + caller]);
                await watch.ExecuteAsync($"GET {"watched" + caller}");
                var transaction = watch.CreateTransaction();
                var first = transaction.ExecuteAsync<long>($"INCR {"t1"}").AsTask();
                var second = transaction.ExecuteAsync<long>($"INCR {"t2"}").AsTask();
                if (await transaction.CommitAsync())
                {
                    Interlocked.Increment(ref committed);
                    Assert.Equal(await first, await second);
                }
                else
                {
                    await Assert.ThrowsAsync<RedisTransactionAbortedException>(() => first);
                    await Assert.ThrowsAsync<RedisTransactionAbortedException>(() => second);
                }
            }
        }).ToList();
        await SoonAsync(() => committed > 200, "transactions are done");
        _a.Announce(Moving(1, 15, _b));
        await SoonAsync(() => _a.Open == 0, "every connection has moved");
        var then = committed;
        await SoonAsync(() => committed > then + 200, "transactions go on");
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(callers).WaitAsync(Limit);

        Assert.Equal(committed, await Client.ExecuteAsync<long>($"GET {"t1"}"));
        Assert.Equal(committed, await Client.ExecuteAsync<long>($"GET {"t2"}"));
    }

    // Section 2 of the protocol's facts: every shape, and every malformed one, between a real server's replies.
    [Fact]
    public async Task Every_shape_of_notification_and_every_malformed_one_disturbs_no_command()
    {
        var load = await LoadedAsync(50, 5);
        foreach (var frame in NotificationShapes.All)
        {
            _a.Push(Encoding.Latin1.GetBytes(frame));
            await MoreAsync(load, 20);
        }

        Assert.Equal(0, await EndAsync(load));
        Assert.Equal(1, _a.Accepted);
    }

    private static byte[] Moving(int sequence, int seconds, HandoffRelay target) =>
        Encoding.Latin1.GetBytes(Frames.Moving(sequence, seconds, target.Address.ToString()));

    /// <summary>Clients that wait in a blocking command, as the server counts them.</summary>
    private int Blocked()
    {
        var info = Client.Execute<string>($"INFO {"clients"}")!;
        var line = info.Split("\r\n").Single(static line => line.StartsWith("blocked_clients:", StringComparison.Ordinal));
        return int.Parse(line.Split(':')[1]);
    }

    private async Task ConnectAsync(int roundTripMs)
    {
        _a.Settings = _a.Settings with { RoundTrip = TimeSpan.FromMilliseconds(roundTripMs) };
        _b.Settings = _b.Settings with { RoundTrip = TimeSpan.FromMilliseconds(roundTripMs) };
        _client = await RedisClient.ConnectAsync(new RedisClientOptions
        {
            Endpoints = [new RedisEndpoint(_a.Address.Address.ToString(), _a.Address.Port)],
            CommandTimeout = TimeSpan.FromSeconds(30),
            ConnectTimeout = TimeSpan.FromSeconds(20),
            Maintenance = new() { HandoffTimeout = TimeSpan.FromSeconds(20), HoldLimit = TimeSpan.FromSeconds(20) },
        }).WaitAsync(Limit);
    }

    private async Task<Load> LoadedAsync(int callers, int roundTripMs)
    {
        await ConnectAsync(roundTripMs);
        var load = new Load(Client, TimeProvider.System, callers);
        await MoreAsync(load, callers);
        return load;
    }

    private static Task MoreAsync(Load load, int commands)
    {
        var then = load.Succeeded;
        return SoonAsync(() => load.Succeeded >= then + commands, $"{commands} more commands");
    }

    private static Task SoonAsync(Func<bool> condition, string what) => Soon.TrueAsync(condition, what);

    /// <summary>Commands that failed; executions are compared with replies on the server.</summary>
    private async Task<int> EndAsync(Load load, int mostAmbiguous = 0)
    {
        await load.StopAsync().WaitAsync(Limit);
        var executed = await Client.ExecuteAsync<long>($"GET {"n"}");
        Assert.InRange(executed, load.Succeeded, load.Succeeded + mostAmbiguous);
        return load.Failures.Count;
    }
}
