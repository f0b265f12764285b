using Baton.Client.Tests.Kit;
using Xunit;

namespace Baton.Client.Tests.Connections;

/// <summary>Rows D, FO, E3 and H: ends nobody announced, and what commands learn of them.</summary>
[Collection(VirtualTime.Name)]
public sealed class ConnectionEndTests
{
    // Row D
    [Fact]
    public async Task D_after_an_abrupt_end_reads_are_repeated_in_one_round_trip_and_writes_are_told_the_truth()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.RoundTrip = TimeSpan.FromMilliseconds(100);
        world.A.Stall(true);
        var writes = world.Increments(100);
        var reads = Enumerable.Range(0, 100).Select(_ => world.Client.GetAsync("n").AsTask()).ToList();
        await world.PassAsync(0.06);
        var begin = world.Network.Now;
        world.A.Newest.Cut();
        await world.UntilAsync(() => reads.TrueForAll(static read => read.IsCompleted), 1, "the reads are answered");

        Assert.True(world.Network.Now - begin <= TimeSpan.FromMilliseconds(425), (world.Network.Now - begin).ToString());
        Assert.All(reads, static read => Assert.Equal("100", read.Result));
        Assert.Equal(100, world.Database.Executed.Count(static line => line == "INCR n"));
        foreach (var write in writes)
        {
            var failure = await Assert.ThrowsAsync<RedisConnectionException>(() => write);
            Assert.Equal(CommandOutcome.MayHaveRun, failure.Outcome);
            Assert.Equal(CloseReason.NetworkError, failure.Reason);
            Assert.False(failure.IsSafeToRepeat);
        }
    }

    // Row FO
    [Fact]
    public async Task FO_a_failover_with_a_stall_a_drop_and_a_pause_fails_no_read_and_nothing_unsent()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Announce(Frames.FailingOver(1, 2));
        await ClientWorld.RestAsync();
        world.A.Stall(true);
        var reads = Enumerable.Range(0, 50).Select(_ => world.Client.GetAsync("n").AsTask()).ToList();
        await world.PassAsync(2);
        world.A.Leave();
        await ClientWorld.RestAsync();
        var unsent = world.Increments(50);
        await world.PassAsync(1.5);
        world.A.Mode = PlaceMode.Serving;
        var back = world.Network.Now;
        await world.UntilAsync(() => unsent.All(static reply => reply.IsCompleted), 1, "commands are answered again");

        Assert.True(world.Network.Now - back <= TimeSpan.FromMilliseconds(100), (world.Network.Now - back).ToString());
        Assert.All(unsent, static reply => Assert.True(reply.IsCompletedSuccessfully));
        Assert.All(reads, static read => Assert.True(read.IsCompletedSuccessfully));
    }

    // Row E3: nobody awaits these.
    [Fact]
    public async Task E3_commands_nobody_awaits_all_arrive_across_a_handoff()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.RoundTrip = world.B.RoundTrip = TimeSpan.FromMilliseconds(20);
        var all = new List<Task<long>>();
        for (var round = 0; round < 200; round++)
        {
            all.AddRange(world.Increments(20));
            if (round == 20)
            {
                world.A.Announce(Frames.Moving(1, 5, world.B));
            }

            await world.PassAsync(0.025);
        }

        await world.PassAsync(1);
        Assert.Equal(Enumerable.Range(1, 4000).Select(static number => (long)number), await Task.WhenAll(all));
        Assert.True(await world.ServesAsync(world.B));
    }

    // A server that closes has said its last before: the reader may not have come to it when a send finds the connection closed.
    [Fact]
    public async Task A_failed_send_does_not_hide_the_announcement_that_had_arrived_before_the_end()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Newest.Transport.SendFailure = new NothingSentException("Broken pipe");
        var unsent = world.Increments(100);
        world.A.Announce(Frames.Moving(1, 0, world.B));
        world.A.Leave();
        await world.UntilAsync(() => unsent.All(static reply => reply.IsCompleted), 1, "the commands are answered");

        Assert.Equal(Enumerable.Range(1, 100).Select(static number => (long)number), await Task.WhenAll(unsent));
        Assert.True(await world.ServesAsync(world.B));
    }

    [Fact]
    public async Task A_failed_send_does_not_hide_the_replies_that_had_arrived_before_the_end()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Stall(true);
        var sent = world.Increments(10);
        await ClientWorld.RestAsync();
        world.A.Newest.Transport.SendFailure = new NothingSentException("Broken pipe");
        var unsent = world.Increments(10);
        await ClientWorld.RestAsync();
        world.A.Stall(false);
        world.A.CloseAll();
        await world.UntilAsync(() => unsent.All(static reply => reply.IsCompleted), 1, "the commands are answered");

        Assert.Equal(Enumerable.Range(1, 20).Select(static number => (long)number), await Task.WhenAll(sent.Concat(unsent)));
    }

    [Theory]
    [InlineData(true, CommandOutcome.NotSent)]
    [InlineData(false, CommandOutcome.MayHaveRun)]
    public async Task A_connection_that_cannot_send_and_does_not_end_is_ended(bool nothingLeft, CommandOutcome outcome)
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Newest.Transport.SendFailure = nothingLeft ? new NothingSentException("Broken pipe") : new IOException("Broken pipe");
        var reply = world.Increments(1).Single();
        await world.PassAsync(0.2);
        Assert.False(reply.IsCompleted);
        await world.UntilAsync(() => reply.IsCompleted, 0.5, "the connection is ended");

        if (outcome == CommandOutcome.NotSent)
        {
            Assert.Equal(1, await reply);
        }
        else
        {
            Assert.Equal(outcome, (await Assert.ThrowsAsync<RedisConnectionException>(() => reply)).Outcome);
        }

        Assert.True(await world.ServesAsync(world.A));
        Assert.Equal(2, world.A.Connections.Count);
    }

    // Hard case: what a connection was told, the next one is told too.
    [Fact]
    public async Task The_session_arrives_on_the_next_connection_in_its_last_form()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        foreach (var command in new[] { "client no-evict on", "SELECT 3", "CLIENT NO-TOUCH ON", "CLIENT NO-EVICT OFF", "CLIENT SETNAME me" })
        {
            await world.EndOfAsync(world.Client.ExecuteAsync($"{command.Split(' ')}"));
        }

        world.A.CloseAll();
        Assert.True(await world.ServesAsync(world.A));
        var told = world.A.Newest.Commands.Select(static words => string.Join(' ', words)).ToList();
        Assert.Contains("HELLO 3 SETNAME me", told);
        Assert.Contains("SELECT 3", told);
        Assert.Contains("CLIENT NO-TOUCH ON", told);
        Assert.Contains("CLIENT NO-EVICT OFF", told);
        Assert.DoesNotContain("client no-evict on", told);
    }

    [Fact]
    public async Task What_would_turn_the_shared_connection_into_something_else_is_refused_by_name()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        foreach (var command in new[] { "SYNC", "PSYNC ? -1", "QUIT", "CLIENT REPLY OFF" })
        {
            var refusal = Assert.Throws<InvalidOperationException>(() => { _ = world.Client.ExecuteAsync($"{command.Split(' ')}"); });
            Assert.StartsWith(command.Split(' ')[0], refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_disposed_client_says_so_of_every_command_and_a_read_that_was_in_flight_may_be_repeated()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Stall(true);
        var read = world.Client.GetAsync("n").AsTask();
        var write = world.Increments(1)[0];
        await ClientWorld.RestAsync();
        await world.Client.DisposeAsync();

        Assert.True((await world.FailureOfAsync<RedisConnectionException>(read)).IsSafeToRepeat);
        Assert.False((await world.FailureOfAsync<RedisConnectionException>(write)).IsSafeToRepeat);
        Task[] later = [world.Client.GetAsync("n").AsTask(), world.Client.BLPopAsync("n", TimeSpan.FromSeconds(1)).AsTask(), world.Client.WatchAsync(["n"])];
        foreach (var command in later)
        {
            var failure = await world.FailureOfAsync<RedisConnectionException>(command);
            Assert.Equal((CloseReason.Disposed, CommandOutcome.NotSent), (failure.Reason, failure.Outcome));
        }
    }

    // Another process has another order of its keys: the old cursor would pass some over.
    [Fact]
    public async Task A_scan_begins_again_when_a_shard_has_moved()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.Database.Instead = static (_, words) => words switch
        {
            ["SCAN", "0"] => "*2\r\n$1\r\n7\r\n*1\r\n$1\r\na\r\n",
            ["SCAN", "7"] => "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nb\r\n",
            _ => null,
        };
        var scan = world.Client.ScanAsync().GetAsyncEnumerator();
        List<string> keys = [];
        for (var next = scan.MoveNextAsync(); await world.EndOfAsync(next); next = scan.MoveNextAsync())
        {
            keys.Add(scan.Current.ToString());
            if (keys.Count == 2)
            {
                world.A.Announce(Frames.Migrating(1, 2));
                world.A.Announce(Frames.Migrated(2));
                await ClientWorld.RestAsync();
            }
        }

        Assert.Equal(["a", "b", "a", "b"], keys);
    }

    [Fact]
    public async Task Every_error_says_what_maintenance_is_under_way()
    {
        await using var world = await ClientWorld.ConnectedAsync(static options => options with { MaxBufferedBytes = 100 });
        world.A.Announce(Frames.Migrating(1, 2));
        await ClientWorld.RestAsync();
        List<RedisException> told = [];
        told.Add(await world.FailureOfAsync<RedisServerException>(world.Client.ExecuteAsync($"NONE").AsTask()));
        told.Add(await world.FailureOfAsync<RedisReplyException>(world.Client.ExecuteAsync<long>($"ECHO {"x"}").AsTask()));
        told.Add(Assert.Throws<RedisServerException>(() => world.Client.Execute<string>($"NONE")));
        var transaction = world.Client.CreateTransaction();
        var get = transaction.GetAsync("n").AsTask();
        told.Add(await world.FailureOfAsync<RedisServerException>(transaction.CommitAsync()));
        told.Add(await world.FailureOfAsync<RedisServerException>(get));
        world.A.Mode = PlaceMode.Refusing;
        told.Add(await world.FailureOfAsync<RedisConnectFailedException>(world.Client.WatchAsync(["n"])));
        world.A.CloseAll();
        await ClientWorld.RestAsync();
        _ = world.Client.SetAsync("n", new byte[90]);
        told.Add(await world.FailureOfAsync<RedisOverloadedException>(world.Client.SetAsync("n", new byte[90]).AsTask()));

        Assert.All(told, static error => Assert.Equal(MaintenanceKind.Migrating, error.Maintenance));
    }

    // Row H
    [Fact]
    public async Task H_a_refused_opt_in_is_told_with_its_reason()
    {
        await using var world = new ClientWorld();
        world.Options = world.Options with { Maintenance = new() { Mode = MaintenanceMode.Enabled } };
        world.Database.OptInReply = "-ERR unknown subcommand 'MAINT_NOTIFICATIONS'. Try CLIENT HELP.\r\n";

        var failure = await Assert.ThrowsAsync<RedisConnectFailedException>(world.ConnectAsync);
        Assert.Equal(ConnectFailedReason.NotSupported, failure.FailedReason);
        Assert.Contains("unknown subcommand 'MAINT_NOTIFICATIONS'", failure.Message, StringComparison.Ordinal);
    }

    // Hard case 14: closed without a word, and everybody at once.
    [Fact]
    public async Task A_close_without_MOVING_reconnects_and_reads_go_on()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Announce(Frames.Migrating(1, 2));
        world.A.Announce(Frames.Migrated(2));
        world.A.Stall(true);
        var read = world.Client.GetAsync("n").AsTask();
        await ClientWorld.RestAsync();
        world.A.CloseAll();

        Assert.Null(await world.EndOfAsync(read, 1));
    }

    [Fact]
    public async Task A_cancelled_command_that_was_not_sent_is_never_sent()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Leave();
        await ClientWorld.RestAsync();
        using var cancellation = new CancellationTokenSource();
        var cancelled = world.Client.ExecuteAsync($"SET {"cancelled"} {1}", cancellation.Token).AsTask();
        var kept = world.Client.ExecuteAsync($"SET {"kept"} {1}").AsTask();
        await cancellation.CancelAsync();
        var failure = await Assert.ThrowsAsync<RedisCanceledException>(() => cancelled);
        Assert.Equal(CommandOutcome.NotSent, failure.Outcome);
        world.A.Mode = PlaceMode.Serving;
        await world.EndOfAsync(kept);

        Assert.Equal(["SET kept 1"], world.Database.Executed);
    }

    [Fact]
    public async Task A_server_that_reads_nothing_and_says_nothing_is_left_after_twice_the_limit()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Newest.Transport.IsSendBlocked = true;
        var first = world.Client.ExecuteAsync($"INCR {"n"}").AsTask();
        var second = world.Client.ExecuteAsync($"INCR {"n"}").AsTask();
        var told = await world.FailureOfAsync<RedisTimeoutException>(first);
        var unsent = await world.FailureOfAsync<RedisTimeoutException>(second);
        Assert.Equal(CommandOutcome.MayHaveRun, told.Outcome);
        Assert.Equal(CommandOutcome.NotSent, unsent.Outcome);
        await world.PassAsync(1.2);

        Assert.True(world.A.Connections[0].IsClosed);
        Assert.True(await world.ServesAsync(world.A));
        Assert.DoesNotContain("INCR n", world.Database.Executed);
    }

    [Fact]
    public async Task Nothing_is_left_after_dispose_and_who_waits_is_told()
    {
        var world = await ClientWorld.ConnectedAsync();
        world.A.Stall(true);
        var sent = world.Client.ExecuteAsync($"INCR {"n"}").AsTask();
        await ClientWorld.RestAsync();
        await world.DisposeAsync();
        var late = world.Client.ExecuteAsync($"INCR {"n"}").AsTask();
        await ClientWorld.RestAsync();

        Assert.Equal(CommandOutcome.MayHaveRun, (await Assert.ThrowsAsync<RedisConnectionException>(() => sent)).Outcome);
        Assert.Equal(CommandOutcome.NotSent, (await Assert.ThrowsAsync<RedisConnectionException>(() => late)).Outcome);
        Assert.Empty(world.Network.Open);
        Assert.Equal(0, world.Clock.Timers);
    }

    [Fact]
    public async Task Dispose_while_nobody_is_reached_leaves_nothing()
    {
        foreach (var mode in Enum.GetValues<PlaceMode>())
        {
            var world = await ClientWorld.ConnectedAsync();
            world.A.Mode = mode;
            world.A.CloseAll();
            await world.PassAsync(1);
            await world.DisposeAsync();
            await ClientWorld.RestAsync();

            Assert.Empty(world.Network.Open);
            Assert.Equal(0, world.Clock.Timers);
        }
    }
}
