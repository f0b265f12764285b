using System.Collections.Concurrent;
using Baton.Client.Tests.Kit;
using Baton.Client.Tests.PubSub;
using Xunit;

namespace Baton.Client.Tests.Timeouts;

/// <summary>Conformance E and the rows A1, A2, A3 (asynchronous), L60 and A*: limits of waiting, with and without a maintenance.</summary>
[Collection(VirtualTime.Name)]
public sealed class RelaxedTimeoutTests
{
    public static TheoryData<string, string, MaintenanceKind> Pairs => new()
    {
        { Frames.Migrating(0, 2), Frames.Migrated(1), MaintenanceKind.Migrating },
        { Frames.FailingOver(0, 2), Frames.FailedOver(1), MaintenanceKind.FailingOver },
        { Frames.SlotsMigrating(0, "5000-7000"), Frames.SlotsMigrated(1), MaintenanceKind.SlotsMigrating },
    };

    // E34, and seq 0 is a number (hard case 2)
    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Limits_are_relaxed_from_the_opener_to_the_end_of_the_closers_tail(string opener, string closer, MaintenanceKind kind)
    {
        await using var world = await ClientWorld.ConnectedAsync();
        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 1, 1.1);

        world.A.Announce(opener);
        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 10, 10.1);
        Assert.Equal(kind, await KindInErrorAsync(world));

        world.A.Announce(closer);
        await world.PassAsync(1);
        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 10, 10.1);

        await world.PassAsync(0.1);
        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 1, 1.1);
        Assert.Null(await KindInErrorAsync(world));
    }

    // Commands that wait already, the blocking ones too.
    [Fact]
    public async Task An_opener_extends_the_limit_of_a_blocking_command_that_waits_already()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.Database.Instead = static (_, words) => words[0] == "BLPOP" ? "" : null;
        var pop = world.Client.BLPopAsync("list", TimeSpan.FromSeconds(2)).AsTask();
        await world.PassAsync(1);
        world.A.Announce(Frames.Migrating(1, 2));
        await world.PassAsync(30);
        Assert.False(pop.IsCompleted);

        var failure = await world.FailureOfAsync<RedisTimeoutException>(pop, 1.2);
        Assert.Equal((TimeoutReason.BlockingCommand, TimeSpan.FromSeconds(32)), (failure.Reason, failure.Limit));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_accepts_and_says_nothing_costs_a_command_of_any_kind_no_more_than_its_limit(bool neverConnected)
    {
        await using var world = await ClientWorld.ConnectedAsync();
        await using var stranger = neverConnected ? RedisClient.Create(world.Options) : null;
        world.A.Mode = PlaceMode.Mute;
        var client = stranger ?? world.Client;
        Task[] commands = [client.BLPopAsync("list", TimeSpan.FromSeconds(10)).AsTask(), client.WatchAsync(["n"])];
        await world.PassAsync(0.9);
        Assert.DoesNotContain(commands, static command => command.IsCompleted);
        foreach (var command in commands)
        {
            var failure = await world.FailureOfAsync<RedisTimeoutException>(command, 0.2);
            Assert.Equal((CommandOutcome.NotSent, true), (failure.Outcome, failure.IsSafeToRepeat));
        }
    }

    [Fact]
    public async Task Watching_can_be_cancelled_while_the_server_says_nothing()
    {
        await using var world = await ClientWorld.ConnectedAsync(static options => options with { CommandTimeout = Timeout.InfiniteTimeSpan });
        using var cancellation = new CancellationTokenSource();
        world.Database.Instead = static (_, words) => words[0] == "WATCH" ? "" : null;
        var watching = world.Client.WatchAsync(["n"], cancellation.Token);
        await world.PassAsync(1);
        Assert.False(watching.IsCompleted);
        await cancellation.CancelAsync();
        await world.FailureOfAsync<RedisCanceledException>(watching, 0.1);
    }

    // Row A1
    [Fact]
    public async Task A1_replies_that_stall_for_3_s_after_MIGRATING_fail_nobody()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        var load = new Load(world.Client, world.Time, 100);
        await world.PassAsync(0.5);
        world.A.Announce(Frames.Migrating(1, 2));
        world.A.Stall(true);
        await world.PassAsync(3);
        world.A.Stall(false);
        await EndAsync(world, load);

        Assert.Empty(load.Failures);
    }

    // Row A2
    [Fact]
    public async Task A2_a_stall_beyond_the_relaxed_limit_is_one_clear_error_each()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Announce(Frames.Migrating(1, 2));
        world.A.Stall(true);
        await ClientWorld.RestAsync();
        var replies = world.Increments(100);
        await world.PassAsync(9.9);
        Assert.DoesNotContain(replies, static reply => reply.IsCompleted);

        await world.PassAsync(0.2);
        foreach (var reply in replies)
        {
            var failure = await Assert.ThrowsAsync<RedisTimeoutException>(() => reply);
            Assert.Equal(TimeoutReason.RelaxedCommand, failure.Reason);
            Assert.Equal(CommandOutcome.MayHaveRun, failure.Outcome);
            Assert.Equal(MaintenanceKind.Migrating, failure.Maintenance);
            Assert.False(failure.IsSafeToRepeat);
        }

        world.A.Stall(false);
        Assert.True(await world.ServesAsync(world.A));
        Assert.Single(world.A.Connections);
    }

    // Row A2's option
    [Fact]
    public async Task A2_without_a_relaxed_limit_commands_wait_until_the_maintenance_is_over()
    {
        await using var world = await ClientWorld.ConnectedAsync(
            options => options with { Maintenance = new() { RelaxedTimeout = Timeout.InfiniteTimeSpan, Tail = TimeSpan.Zero } });
        world.A.Announce(Frames.Migrating(1, 2));
        world.A.Stall(true);
        await ClientWorld.RestAsync();
        var replies = world.Increments(100);
        await world.PassAsync(60);
        Assert.DoesNotContain(replies, static reply => reply.IsCompleted);

        world.A.Announce(Frames.Migrated(2));
        await world.PassAsync(0.9);
        Assert.DoesNotContain(replies, static reply => reply.IsCompleted);
        await world.PassAsync(0.3);
        Assert.All(replies, static reply => Assert.True(reply.IsFaulted));
    }

    // Row A3, E39, hard case 8: the callers wait already when the opener comes.
    [Fact]
    public async Task A3_an_opener_extends_the_limits_of_commands_that_wait_already()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Stall(true);
        var replies = world.Increments(20);
        await world.PassAsync(0.5);
        world.A.Announce(Frames.Migrating(1, 2));
        await world.PassAsync(3);
        world.A.Stall(false);
        await ClientWorld.RestAsync();

        Assert.All(replies, static reply => Assert.True(reply.IsCompletedSuccessfully));
    }

    // Row A3, synchronous: the peer's callers keep the limit they began with.
    [Fact]
    public async Task A3_an_opener_extends_the_limits_of_threads_that_block_already()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Stall(true);
        var replies = new ConcurrentBag<object>();
        Thread[] callers = [.. Enumerable.Range(0, 20).Select(_ => new Thread(() => replies.Add(Blocked(world.Client))))];
        Array.ForEach(callers, static caller => caller.Start());
        await Soon.TrueAsync(() => world.A.Newest.Asked.Count >= callers.Length, "all callers' commands");

        await world.PassAsync(0.5);
        world.A.Announce(Frames.Migrating(1, 2));
        await world.PassAsync(3);
        world.A.Stall(false);
        Assert.All(callers, static caller => Assert.True(caller.Join(TimeSpan.FromSeconds(60))));

        Assert.Equal(Enumerable.Range(1, 20).Select(static number => (long)number), replies.OfType<long>().Order());
    }

    // Row L60: the server says 60 s, and means it.
    [Fact]
    public async Task L60_relaxation_lasts_as_long_as_the_server_announced()
    {
        await using var world = await ClientWorld.ConnectedAsync(options => options with { Maintenance = new() { LongestWindow = TimeSpan.FromSeconds(1) } });
        world.A.Announce(Frames.Migrating(1, 60));
        await world.PassAsync(33);
        world.A.Stall(true);
        var replies = world.Increments(50);
        await world.PassAsync(3);
        world.A.Stall(false);
        await ClientWorld.RestAsync();

        Assert.All(replies, static reply => Assert.True(reply.IsCompletedSuccessfully));
    }

    // Row A*
    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    [InlineData(1013)]
    [InlineData(7777)]
    public async Task Limits_are_never_early_and_at_most_100_ms_late(int milliseconds)
    {
        await using var world = await ClientWorld.ConnectedAsync(options => options with { CommandTimeout = TimeSpan.FromMilliseconds(milliseconds) });
        foreach (var offset in (int[])[0, 1, 13, 24])
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(offset));
            Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalMilliseconds, milliseconds, milliseconds + 100);
        }
    }

    // E35
    [Fact]
    public async Task A_relaxed_limit_below_the_configured_one_changes_nothing()
    {
        await using var world = await ClientWorld.ConnectedAsync(
            options => options with { CommandTimeout = TimeSpan.FromSeconds(3), Maintenance = new() { RelaxedTimeout = TimeSpan.FromMilliseconds(1) } });
        world.A.Announce(Frames.Migrating(1, 2));

        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 3, 3.1);
    }

    // E36, hard case 7
    [Fact]
    public async Task Relaxation_never_shortens_a_longer_limit_or_none()
    {
        await using var world = await ClientWorld.ConnectedAsync(options => options with { CommandTimeout = TimeSpan.FromSeconds(30) });
        world.A.Announce(Frames.Migrating(1, 2));
        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 30, 30.1);

        await using var endless = await ClientWorld.ConnectedAsync(options => options with { CommandTimeout = Timeout.InfiniteTimeSpan });
        endless.A.Announce(Frames.Migrating(1, 2));
        endless.A.Stall(true);
        var reply = endless.Client.ExecuteAsync<long>($"INCR {"n"}").AsTask();
        await endless.PassAsync(60);
        Assert.False(reply.IsCompleted);
        endless.A.Stall(false);
        Assert.Equal(1, await endless.EndOfAsync(reply));
    }

    // E37, hard case 6
    [Fact]
    public async Task A_lost_completion_relaxes_no_longer_than_the_cap()
    {
        await using var world = await ClientWorld.ConnectedAsync(options => options with { Maintenance = new() { LongestWindow = TimeSpan.FromSeconds(30) } });
        world.A.Announce(Frames.FailingOver(5, 2));
        await world.PassAsync(19);
        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 10, 10.1);
        await world.PassAsync(1);

        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 1, 1.1);
    }

    // Hard case 8: closing the window does not kill those who waited in it.
    [Fact]
    public async Task A_command_that_has_seen_a_maintenance_keeps_the_relaxed_limit_after_its_end()
    {
        await using var world = await ClientWorld.ConnectedAsync(options => options with { Maintenance = new() { Tail = TimeSpan.Zero } });
        world.A.Announce(Frames.Migrating(1, 2));
        world.A.Stall(true);
        await ClientWorld.RestAsync();
        var reply = world.Client.ExecuteAsync<long>($"INCR {"n"}").AsTask();
        await world.PassAsync(2);
        world.A.Announce(Frames.Migrated(2));
        await world.PassAsync(5);
        world.A.Stall(false);

        Assert.Equal(1, await world.EndOfAsync(reply));
    }

    // E42: a caller's own limit is a caller's own limit.
    [Fact]
    public async Task A_callers_token_ends_the_wait_in_a_maintenance_too()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Announce(Frames.Migrating(1, 2));
        world.A.Stall(true);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(500), world.Time);
        var reply = world.Client.ExecuteAsync($"INCR {"n"}", limit.Token).AsTask();
        await world.PassAsync(0.5);

        var failure = await Assert.ThrowsAsync<RedisCanceledException>(() => reply);
        Assert.Equal(CommandOutcome.MayHaveRun, failure.Outcome);
    }

    // E41: what was moved is a little slow at first.
    [Fact]
    public async Task Limits_stay_relaxed_for_the_tail_after_a_handoff()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Announce(Frames.Moving(1, 5, world.B));
        await world.PassAsync(1);
        Assert.True(await world.ServesAsync(world.B));
        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 10, 10.1);
        await world.PassAsync(1);

        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 1, 1.1);
    }

    private static async Task<MaintenanceKind?> KindInErrorAsync(ClientWorld world)
    {
        world.A.Stall(true);
        var failure = await world.FailureOfAsync<RedisTimeoutException>(world.Client.ExecuteAsync($"INCR {"n"}").AsTask());
        world.A.Stall(false);
        await ClientWorld.RestAsync();
        return failure.Maintenance;
    }

    private static object Blocked(RedisClient client)
    {
        try
        {
            return client.Execute<long>($"INCR {"n"}");
        }
        catch (RedisException e)
        {
            return e;
        }
    }

    private static async Task EndAsync(ClientWorld world, Load load)
    {
        await world.PassAsync(1);
        _ = load.StopAsync();
        await world.UntilAsync(() => load.HasEnded, 30, "every caller ends");
        Assert.Equal(load.Succeeded + load.Failures.Count, world.Database.Executed.Count);
    }
}
