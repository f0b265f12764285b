using Baton.Client.Tests.Kit;
using Xunit;

namespace Baton.Client.Tests.Connections;

/// <summary>Conformance F and the B rows: MOVING that names a place.</summary>
[Collection(VirtualTime.Name)]
public sealed class HandoffTests
{
    // Rows B1, B2, B3, B8 (grace 1 s); F45, F52, F55, F56, F57
    [Theory]
    [InlineData(0, 5)]
    [InlineData(20, 5)]
    [InlineData(100, 5)]
    [InlineData(200, 5)]
    [InlineData(0, 1)]
    [InlineData(200, 1)]
    public async Task A_named_move_fails_nobody_and_opens_no_gap_beyond_one_round_trip(int roundTripMs, int grace)
    {
        await using var world = await FarAsync(roundTripMs);
        var load = new Load(world.Client, world.Time, 100);
        await world.PassAsync(2);
        var usualGap = load.LongestGap;
        var told = world.Network.Now;
        world.A.Announce(Frames.Moving(1, grace, world.B));
        await world.PassAsync(grace);
        var oldEnded = Assert.Single(world.A.Connections);
        Assert.True(oldEnded.IsClosed);
        Assert.True(oldEnded.ClosedAt - told < TimeSpan.FromSeconds(grace));
        world.A.Leave();
        await EndAsync(world, load);

        Assert.InRange(load.LongestGap, TimeSpan.Zero, usualGap + TimeSpan.FromMilliseconds(roundTripMs + 50));
        Assert.True(await world.ServesAsync(world.B));
    }

    // Row B5, F52 (dial failure), hard case 21: the place that is named does not listen.
    [Fact]
    public async Task B5_while_nobody_listens_at_the_named_place_the_old_connection_serves_on()
    {
        await using var world = await FarAsync(20);
        world.B.Mode = PlaceMode.Refusing;
        var load = new Load(world.Client, world.Time, 100);
        await world.PassAsync(1);
        var usualGap = load.LongestGap;
        world.A.Announce(Frames.Moving(1, 15, world.B));
        await world.PassAsync(13);
        Assert.True(world.B.Dials > 10);
        Assert.False(world.A.Newest.IsClosed);

        world.B.Mode = PlaceMode.Serving;
        await world.PassAsync(1);
        Assert.True(world.A.Newest.IsClosed);
        await EndAsync(world, load);

        Assert.InRange(load.LongestGap, TimeSpan.Zero, usualGap + TimeSpan.FromMilliseconds(70));
    }

    // Row B6, hard case 21: it accepts, and answers after 3 s.
    [Fact]
    public async Task B6_a_slow_new_place_stalls_nobody()
    {
        await using var world = await FarAsync(0);
        world.B.Mode = PlaceMode.Mute;
        var load = new Load(world.Client, world.Time, 100);
        await world.PassAsync(1);
        var usualGap = load.LongestGap;
        world.A.Announce(Frames.Moving(1, 15, world.B));
        await world.PassAsync(3);
        Assert.Single(world.B.Open);
        Assert.True(await world.ServesAsync(world.A));
        world.B.Mode = PlaceMode.Serving;
        await world.PassAsync(8);
        await EndAsync(world, load);

        Assert.True(await world.ServesAsync(world.B));
        Assert.Single(world.Network.Open);
        Assert.InRange(load.LongestGap, TimeSpan.Zero, usualGap + TimeSpan.FromMilliseconds(50));
    }

    // Hard case 21: given up at the deadline; the candidate is not left behind.
    [Theory]
    [InlineData(nameof(PlaceMode.Mute))]
    [InlineData(nameof(PlaceMode.Unreachable))]
    [InlineData(nameof(PlaceMode.Refusing))]
    public async Task A_place_that_is_never_reached_costs_only_what_was_in_flight_at_the_close(string mode)
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.B.Mode = Enum.Parse<PlaceMode>(mode);
        world.A.Announce(Frames.Moving(1, 5, world.B));
        await world.PassAsync(5.5);
        Assert.True(await world.ServesAsync(world.A));
        world.A.CloseAll();
        await world.PassAsync(12);

        Assert.True(await world.ServesAsync(world.A));
        Assert.Single(world.Network.Open);
    }

    // Row B9: no grace at all.
    [Fact]
    public async Task B9_a_close_with_the_announcement_fails_only_what_was_in_flight_and_reconnects_within_100_ms()
    {
        await using var world = await FarAsync(20);
        var load = new Load(world.Client, world.Time, 100);
        await world.PassAsync(1);
        var executedBefore = world.Database.Executed.Count;
        world.A.Announce(Frames.Moving(1, 0, world.B));
        world.A.Leave();
        await world.PassAsync(1);
        await EndAsync(world, load, mostAmbiguous: 100);

        Assert.All(load.Failures, static failure => Assert.Equal(CommandOutcome.MayHaveRun, ((RedisException)failure).Outcome));
        Assert.True(load.LongestGap <= TimeSpan.FromMilliseconds(200), load.LongestGap.ToString());
        Assert.True(world.Database.Executed.Count > executedBefore);
    }

    // Row T, as MapEndpoint: clients behind address translation or a tunnel.
    [Fact]
    public async Task T_the_application_says_how_the_named_place_is_reached()
    {
        await using var world = await ClientWorld.ConnectedAsync(options => options with
        {
            Maintenance = new() { MapEndpoint = place => place.Host == "192.168.7.7" ? new RedisEndpoint("10.0.0.3", 6379) : place },
        });
        world.Database.AfterOptIn = _ => Frames.Moving(1, 15, "192.168.7.7:7777");
        world.A.Announce(Frames.Moving(1, 15, "192.168.7.7:7777"));
        await world.PassAsync(20);

        Assert.True(await world.ServesAsync(world.C));
        Assert.Single(world.C.Connections);
        Assert.Equal(0, world.B.Dials);
    }

    // E44: the application's code throws.
    [Fact]
    public async Task A_mapping_that_throws_ends_neither_the_connection_nor_the_maintenance()
    {
        await using var world = await ClientWorld.ConnectedAsync(
            options => options with { Maintenance = new() { MapEndpoint = _ => throw new InvalidOperationException("mine") } });
        world.A.Announce(Frames.Moving(1, 60, world.B));

        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 10, 10.1);
        Assert.Single(world.A.Connections);
        Assert.Contains(world.Log.Entries, static entry => entry.Contains("MapEndpoint threw", StringComparison.Ordinal));
    }

    // Row F, hard case 22
    [Fact]
    public async Task F_of_two_MOVINGs_the_newer_wins()
    {
        await using var world = await FarAsync(20);
        var load = new Load(world.Client, world.Time, 100);
        await world.PassAsync(1);
        world.A.Announce(Frames.Moving(1, 15, world.B));
        await world.PassAsync(0.1);
        world.A.Announce(Frames.Moving(2, 15, world.C));
        await world.PassAsync(5);
        world.A.Leave();
        world.B.Leave();
        await EndAsync(world, load);

        Assert.True(await world.ServesAsync(world.C));
    }

    // Row F, hard case 22: the older handoff waits for its last replies already.
    [Fact]
    public async Task F_a_MOVING_that_comes_during_the_switch_of_an_older_one_wins()
    {
        await using var world = await FarAsync(200, options => options with { CommandTimeout = TimeSpan.FromSeconds(5) });
        world.A.Announce(Frames.Moving(1, 15, world.B));
        await world.UntilAsync(() => world.B.Connections.Count == 1, 5, "B is dialled");
        world.A.Stall(true);
        var reply = world.Client.ExecuteAsync<long>($"INCR {"n"}").AsTask();
        await world.PassAsync(0.7);
        Assert.True(world.B.Newest.HasOptedIn);
        var waiting = world.Client.ExecuteAsync<long>($"INCR {"n"}").AsTask();
        world.A.Announce(Frames.Moving(2, 0, world.C));
        await world.PassAsync(0.1);
        world.A.Stall(false);
        await world.PassAsync(2);

        Assert.Equal(1, await reply);
        Assert.Equal(2, await waiting);
        Assert.True(await world.ServesAsync(world.C));
        Assert.Single(world.Network.Open);
    }

    // Row F, hard case 22: a lower number to another place is another event.
    [Fact]
    public async Task F_the_newer_MOVING_wins_whatever_its_number()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Announce(Frames.Moving(9, 15, world.B));
        world.A.Announce(Frames.Moving(3, 15, world.C));
        await world.PassAsync(3);

        Assert.True(await world.ServesAsync(world.C));
        Assert.Empty(world.B.Connections);
    }

    // Row F2
    [Fact]
    public async Task F2_a_second_MOVING_on_the_new_place_is_a_second_handoff()
    {
        await using var world = await FarAsync(20);
        var load = new Load(world.Client, world.Time, 100);
        await world.PassAsync(1);
        world.A.Announce(Frames.Moving(1, 5, world.B));
        await world.PassAsync(1.5);
        world.B.Announce(Frames.Moving(2, 5, world.C));
        await world.PassAsync(2);
        world.A.Leave();
        world.B.Leave();
        await EndAsync(world, load);

        Assert.True(await world.ServesAsync(world.C));
    }

    // Row G
    [Fact]
    public async Task G_after_the_window_a_client_that_was_moved_finds_its_new_place_again()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Announce(Frames.Moving(1, 5, world.B));
        await world.PassAsync(2);
        world.A.Leave();
        await world.PassAsync(60);
        world.B.Leave();
        await ClientWorld.RestAsync();
        var replies = world.Increments(20);
        await world.PassAsync(0.3);
        world.B.Mode = PlaceMode.Serving;
        await world.PassAsync(0.2);

        Assert.All(replies, static reply => Assert.True(reply.IsCompletedSuccessfully));
        Assert.True(await world.ServesAsync(world.B));
    }

    // Hard case 15, F48: the place that was named is not kept for ever; a name leads where it leads now.
    [Fact]
    public async Task After_the_window_a_configured_name_counts_again()
    {
        await using var world = new ClientWorld();
        world.Network.Name("redis.example", "10.0.0.1");
        world.Options = world.Options with { Endpoints = [new RedisEndpoint("redis.example", 6379)] };
        await world.ConnectAsync();
        world.A.Announce(Frames.Moving(1, 5, world.B));
        await world.PassAsync(2);
        Assert.True(await world.ServesAsync(world.B));
        world.Network.Name("redis.example", "10.0.0.3");
        await world.PassAsync(20);
        world.B.CloseAll();
        await ClientWorld.RestAsync();

        Assert.True(await world.ServesAsync(world.C));
    }

    // F48: a connection that is made in the window goes to the named place.
    [Fact]
    public async Task A_connection_that_ends_in_the_window_is_made_again_at_the_named_place()
    {
        await using var world = await ClientWorld.ConnectedAsync(options => options with { Maintenance = new() { ProactiveHandoff = false } });
        world.A.Announce(Frames.Moving(1, 15, world.B));
        await world.PassAsync(10);
        Assert.Equal(0, world.B.Dials);
        world.A.CloseAll();
        await ClientWorld.RestAsync();

        Assert.True(await world.ServesAsync(world.B));
    }

    // F49, F50, hard cases 3 and 4
    [Fact]
    public async Task An_event_that_is_repeated_on_every_connection_is_acted_on_once()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.Database.AfterOptIn = _ => Frames.Moving(1, 15, world.B);
        for (var copy = 0; copy < 5; copy++)
        {
            world.A.Announce(Frames.Moving(1, 15, world.B));
            await world.PassAsync(0.3);
        }

        world.B.Announce(Frames.Moving(1, 12, world.B));
        await world.PassAsync(14);

        Assert.Single(world.B.Connections);
        Assert.True(await world.ServesAsync(world.B));
    }

    // Hard cases 3, 11: the old place takes the client again before the new one listens, and says once more what it has said.
    [Fact]
    public async Task A_connection_made_anew_to_the_old_place_leaves_it_too()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.B.Mode = PlaceMode.Refusing;
        world.Database.AfterOptIn = connection => connection.Place == world.A ? Frames.Moving(1, 10, world.B) : "";
        world.A.Announce(Frames.Moving(1, 15, world.B));
        await world.PassAsync(3);
        world.A.Newest.Cut();
        await world.PassAsync(2);
        Assert.True(await world.ServesAsync(world.A));
        world.B.Mode = PlaceMode.Serving;
        await world.PassAsync(2);

        Assert.True(await world.ServesAsync(world.B));
        Assert.Empty(world.A.Open);
    }

    // Found here, hard case 22: the time of the first attempt is over, the client had to connect to the old place again, and is told once more.
    [Fact]
    public async Task An_event_that_was_given_up_is_followed_when_a_new_connection_hears_it_again()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.B.Mode = PlaceMode.Refusing;
        world.A.Announce(Frames.Moving(1, 3, world.B));
        await world.PassAsync(15);
        world.B.Mode = PlaceMode.Serving;
        world.Database.AfterOptIn = connection => connection.Place == world.A ? Frames.Moving(1, 10, world.B) : "";
        world.A.Newest.Cut();
        await world.PassAsync(2);

        Assert.True(await world.ServesAsync(world.B));
        Assert.Empty(world.A.Open);
    }

    // F51
    [Fact]
    public async Task A_MOVING_from_a_connection_that_was_left_is_ignored()
    {
        await using var world = await ClientWorld.ConnectedAsync(options => options with { CommandTimeout = TimeSpan.FromSeconds(20) });
        world.A.Stall(true);
        var reply = world.Client.ExecuteAsync<long>($"INCR {"n"}").AsTask();
        world.A.Announce(Frames.Moving(1, 15, world.B));
        await world.PassAsync(3);
        Assert.True(await world.ServesAsync(world.B));
        world.A.Announce(Frames.Moving(2, 15, world.C));
        await world.PassAsync(2);
        Assert.Equal(0, world.C.Dials);

        world.A.Stall(false);
        Assert.Equal(1, await world.EndOfAsync(reply));
        Assert.True(world.A.Newest.IsClosed);
    }

    // Hard case 19: what is not answered within the hold's limit stays on the old connection, and others go on.
    [Fact]
    public async Task A_reply_that_does_not_come_holds_the_others_up_for_the_holds_limit_at_most()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Stall(true);
        var slow = world.Client.ExecuteAsync<long>($"INCR {"n"}").AsTask();
        world.A.Announce(Frames.Moving(1, 1, world.B));
        await world.UntilAsync(() => world.B.Connections.Any(static connection => connection.HasOptedIn), 2, "B is ready");
        var waited = world.Client.ExecuteAsync<long>($"INCR {"n"}").AsTask();
        await world.PassAsync(1.1);

        Assert.Equal(2, await waited);
        Assert.False(slow.IsCompleted);
        world.A.Stall(false);
        Assert.Equal(1, await world.EndOfAsync(slow));
    }

    // Hard case 16: TLS keeps the configured name when the target is an address.
    [Fact]
    public async Task The_certificate_must_be_for_the_configured_host_wherever_the_handoff_leads()
    {
        await using var world = new ClientWorld();
        world.Network.Name("redis.example", "10.0.0.1");
        world.Options = world.Options with { Endpoints = [new RedisEndpoint("redis.example", 6379)], Tls = new RedisTlsOptions() };
        await world.ConnectAsync();
        world.A.Announce(Frames.Moving(1, 1, world.B));
        await world.PassAsync(2);

        Assert.True(await world.ServesAsync(world.B));
        Assert.All(world.Network.ServerNames, static name => Assert.Equal("redis.example", name));
    }

    // Hard case 17
    [Theory]
    [InlineData("[fd00::1]:7002")]
    [InlineData("fd00::1:7002")]
    public async Task IPv6_places_and_their_ports_are_honoured(string target)
    {
        await using var world = await ClientWorld.ConnectedAsync();
        var far = world.Database.Serve(world.Network.At("fd00::1", 7002));
        world.A.Announce(Frames.Moving(1, 1, target));
        await world.PassAsync(2);

        Assert.True(await world.ServesAsync(far));
    }

    // Hard case 25
    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(int.MaxValue)]
    public async Task Odd_times_move_the_client_within_a_second(int seconds)
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Announce(Frames.Moving(1, seconds, world.B));
        await world.PassAsync(1.1);

        Assert.True(await world.ServesAsync(world.B));
    }

    // Hard case 26: a fleet does not come at once, and it comes in time.
    [Fact]
    public async Task Clients_spread_their_moves_over_a_tenth_of_the_window_and_at_most_a_second()
    {
        var delays = new List<double>();
        for (var seed = 0; seed < 12; seed++)
        {
            await using var world = await ClientWorld.ConnectedAsync(options => options with { Seed = seed });
            world.A.Announce(Frames.Moving(1, 15, world.B));
            delays.Add((await world.UntilAsync(() => world.B.Dials > 0, 1.1, "B is dialled")).TotalMilliseconds);
        }

        Assert.True(delays.Distinct().Count() > 5, string.Join(' ', delays));
        Assert.True(delays.Max() - delays.Min() > 300, string.Join(' ', delays));
    }

    // F60, hard case 29
    [Fact]
    public async Task Nothing_is_left_after_dispose_in_the_middle_of_a_handoff()
    {
        foreach (var mode in Enum.GetValues<PlaceMode>())
        {
            var world = await ClientWorld.ConnectedAsync();
            world.B.Mode = mode;
            world.A.Announce(Frames.Moving(1, 15, world.B));
            await world.PassAsync(1.2);
            await world.DisposeAsync();
            await ClientWorld.RestAsync();

            Assert.Empty(world.Network.Open);
            Assert.Equal(0, world.Clock.Timers);
        }
    }

    private static async Task<ClientWorld> FarAsync(int roundTripMs, Func<RedisClientOptions, RedisClientOptions>? change = null)
    {
        var world = new ClientWorld();
        foreach (var place in (Place[])[world.A, world.B, world.C])
        {
            place.RoundTrip = TimeSpan.FromMilliseconds(roundTripMs);
        }

        world.Options = change?.Invoke(world.Options) ?? world.Options;
        await world.ConnectAsync();
        return world;
    }

    /// <summary>No failure, and as many executions as replies.</summary>
    private static async Task EndAsync(ClientWorld world, Load load, int mostAmbiguous = 0)
    {
        await world.PassAsync(1);
        _ = load.StopAsync();
        await world.UntilAsync(() => load.HasEnded, 30, "every caller ends");
        Assert.InRange(load.Failures.Count, 0, mostAmbiguous);
        var executed = world.Database.Executed.Count(static line => line == "INCR n");
        Assert.InRange(executed, load.Succeeded, load.Succeeded + load.Failures.Count);
    }
}
