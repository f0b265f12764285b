using System.Collections.Concurrent;
using System.Net;
using Baton.Client.StackExchangeRedis.Tests.Kit;
using Baton.TestKit;
using StackExchange.Redis;
using Xunit;

namespace Baton.Client.StackExchangeRedis.Tests.Handoffs;

/// <summary>Both connections of an unmodified multiplexer move when told, and no call fails.</summary>
public sealed class MovingTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private PlainRedis _redis = null!;

    public async ValueTask InitializeAsync() => _redis = await PlainRedis.StartAsync();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public async Task A_named_place_is_moved_to_by_both_connections(int delayMs)
    {
        await using var a = Relays.InFrontOf(_redis, delayMs: delayMs);
        await using var b = Relays.InFrontOf(_redis, delayMs: delayMs);
        await using var client = await RelayedMultiplexer.ConnectAsync(a.Place);
        await OptedInAsync(a, 2);
        var load = new IncrementLoad(client.Database);
        await load.MoreAsync(50);
        a.TellMoving(1, 3, b.Place);

        await Eventually.TrueAsync(() => a.Open == 0 && b.Open == 2, Limit, "both connections at the new place", () => State(a, b, client));
        await load.MoreAsync(50);
        await CleanAsync(load, client);
        Assert.DoesNotContain(client.Events, told => told.Contains("MOVING", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dead_place_is_not_moved_to_and_nobody_waits()
    {
        await using var a = Relays.InFrontOf(_redis);
        await using var client = await RelayedMultiplexer.ConnectAsync(a.Place);
        await OptedInAsync(a, 2);
        var load = new IncrementLoad(client.Database);
        await load.MoreAsync(50);
        a.TellMoving(1, 1, "127.0.0.1:1");
        await load.MoreAsync(2000);

        await CleanAsync(load, client);
        Assert.Equal(2, a.Accepted);
        Assert.Equal(2, a.Open);
    }

    [Fact]
    public async Task A_place_that_takes_its_time_keeps_nobody_waiting()
    {
        await using var a = Relays.InFrontOf(_redis);
        await using var b = Relays.InFrontOf(_redis, isMute: true);
        await using var client = await RelayedMultiplexer.ConnectAsync(a.Place);
        await OptedInAsync(a, 2);
        var load = new IncrementLoad(client.Database);
        await load.MoreAsync(50);
        a.TellMoving(1, 10, b.Place);
        await Eventually.TrueAsync(() => b.Accepted > 0, Limit, "attempt");
        await load.MoreAsync(1000);
        Assert.Equal(2, a.Open);

        b.Speak();
        await Eventually.TrueAsync(() => a.Open == 0 && b.Open == 2, Limit, "move", () => State(a, b, client));
        await CleanAsync(load, client);
    }

    [Fact]
    public async Task Of_two_movings_the_newest_counts()
    {
        await using var a = Relays.InFrontOf(_redis);
        await using var b = Relays.InFrontOf(_redis, isMute: true);
        await using var c = Relays.InFrontOf(_redis);
        await using var client = await RelayedMultiplexer.ConnectAsync(a.Place);
        await OptedInAsync(a, 2);
        var load = new IncrementLoad(client.Database);
        a.TellMoving(1, 10, b.Place);
        await Eventually.TrueAsync(() => b.Accepted > 0, Limit, "first attempt");
        a.TellMoving(2, 10, c.Place);
        a.TellMoving(2, 10, c.Place);

        await Eventually.TrueAsync(() => a.Open == 0 && c.Open == 2, Limit, "move to the newest", () => State(a, c, client));
        await Eventually.TrueAsync(() => b.Open == 0, Limit, "end of the first attempt");
        Assert.Equal(2, c.Accepted);
        await load.MoreAsync(50);
        await CleanAsync(load, client);
    }

    [Fact]
    public async Task Without_a_named_place_an_address_is_connected_to_again_at_half_the_time()
    {
        await using var a = Relays.InFrontOf(_redis);
        await using var client = await RelayedMultiplexer.ConnectAsync(a.Place);
        await OptedInAsync(a, 2);
        var load = new IncrementLoad(client.Database);
        a.TellMoving(1, 2, null);

        await Eventually.TrueAsync(() => a.Accepted == 4 && a.Open == 2, Limit, "connections made again", () => State(a, a, client));
        await load.MoreAsync(50);
        await CleanAsync(load, client);
    }

    [Fact]
    public async Task Without_a_named_place_a_name_is_followed_to_where_it_leads()
    {
        await using var a = Relays.InFrontOf(_redis);
        await using var b = Relays.InFrontOf(_redis, "127.0.0.2", a.Port);
        var address = "127.0.0.1";
        await using var client = await RelayedMultiplexer.ConnectAsync($"db.cluster.test:{a.Port}", null, settings => settings with
        {
            Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(Volatile.Read(ref address))]),
        });
        await OptedInAsync(a, 2);
        var load = new IncrementLoad(client.Database);

        // The name changes after the half: the old place is connected to again first.
        a.TellMoving(1, 4, null);
        await Eventually.TrueAsync(() => a.Accepted == 4, Limit, "connections made again", () => State(a, b, client));
        Volatile.Write(ref address, "127.0.0.2");

        await Eventually.TrueAsync(() => a.Open == 0 && b.Open == 2, Limit, "move with the name", () => State(a, b, client));
        await load.MoreAsync(50);
        await CleanAsync(load, client);
    }

    [Fact]
    public async Task After_the_window_a_lost_connection_is_made_again_where_it_was_and_not_at_the_place_that_is_gone()
    {
        await using var a = Relays.InFrontOf(_redis);
        await using var b = Relays.InFrontOf(_redis);
        var dialled = new ConcurrentQueue<EndPoint>();
        await using var client = await RelayedMultiplexer.ConnectAsync(
            a.Place, options => options.BeforeSocketConnect = (place, _, _) => dialled.Enqueue(place));
        await OptedInAsync(a, 2);
        a.TellMoving(1, 1, b.Place);
        await Eventually.TrueAsync(() => a.Open == 0 && b.Open == 2, Limit, "move", () => State(a, b, client));
        a.StopListening();

        // For a while neither place takes a connection; the one it was at comes back.
        var port = b.Port;
        await b.DisposeAsync();
        await Eventually.TrueAsync(() => dialled.Count(place => ((IPEndPoint)place).Port == a.Port) >= 4, Limit, "attempts in vain", () => State(a, b, client));
        await using var again = Relays.InFrontOf(_redis, port: port);

        await Eventually.TrueAsync(() => again.Open == 2, Limit, "connections made again", () => State(a, again, client));
        Assert.True(await client.Database.StringSetAsync("after", "1"));
    }

    [Fact]
    public async Task Databases_names_and_options_arrive_at_the_new_place()
    {
        await using var a = Relays.InFrontOf(_redis);
        await using var b = Relays.InFrontOf(_redis);
        await using var client = await RelayedMultiplexer.ConnectAsync(a.Place, options => options.ClientName = "adapter-test");
        await OptedInAsync(a, 2);
        var third = client.Multiplexer.GetDatabase(3);
        await third.StringSetAsync("where", "three");
        a.TellMoving(1, 3, b.Place);
        await Eventually.TrueAsync(() => a.Open == 0 && b.Open == 2, Limit, "move", () => State(a, b, client));

        Assert.Equal("three", await third.StringGetAsync("where"));
        Assert.False((await client.Database.StringGetAsync("where")).HasValue);
        Assert.Equal("adapter-test", (string?)await client.Database.ExecuteAsync("CLIENT", "GETNAME"));
        Assert.All((string[])["internal-ip", "internal-ip"], form => Assert.Contains(form, b.OptIns));
    }

    [Fact]
    public async Task Other_notifications_reach_StackExchange_Redis_once_and_the_other_connection_asks_by_itself()
    {
        await using var a = Relays.InFrontOf(_redis);
        await using var client = await RelayedMultiplexer.ConnectAsync(a.Place);
        await OptedInAsync(a, 2);
        Assert.All(a.OptIns, form => Assert.Equal("internal-ip", form));

        a.Tell(">4\r\n$9\r\nMIGRATING\r\n:6\r\n:2\r\n$5\r\n[\"2\"]\r\n");
        await Eventually.TrueAsync(() => !client.Events.IsEmpty, Limit, "event");
        await client.Database.PingAsync();
        await client.Subscriber.PingAsync();
        Assert.Contains("MIGRATING", Assert.Single(client.Events), StringComparison.Ordinal);
    }

    private static Task OptedInAsync(HandoffRelay relay, int count) =>
        Eventually.TrueAsync(() => relay.OptIns.Count >= count, Limit, "opt-ins", () => $"{relay.OptIns.Count} of {relay.Accepted}");

    private static async Task CleanAsync(IncrementLoad load, RelayedMultiplexer client)
    {
        var counted = await load.StopAsync();
        Assert.Null(load.Error);
        Assert.Equal(0, load.Failed);
        Assert.Equal(load.Acknowledged, counted);
        Assert.Empty(client.Failures);
    }

    private static string State(HandoffRelay old, HandoffRelay @new, RelayedMultiplexer client) =>
        $"old {old.Open} of {old.Accepted}, new {@new.Open} of {@new.Accepted}; {string.Join(" | ", client.Failures)}";
}
