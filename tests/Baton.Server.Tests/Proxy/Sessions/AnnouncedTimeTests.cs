using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Baton.Protocol.Maintenance;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;
using Baton.TestKit;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

/// <summary>Whoever is told by MOVING of a number of seconds has them, to the millisecond, and nobody can make it longer by asking again.</summary>
public sealed class AnnouncedTimeTests
{
    private static readonly MovingTarget Target = new("10.0.0.2", "10.0.0.2", "node2", "node2", 12000);

    [Fact]
    public void The_time_counts_from_the_telling_and_not_from_the_decision()
    {
        ProxyWorld world = new();
        MemoryClient opted = world.ConnectOptedIn();
        MemoryClient silent = world.ConnectResp3();
        DateTimeOffset deadline = world.Driver.Clock.GetUtcNow().AddSeconds(15);
        world.Driver.Advance(36); // the decision is stored
        Open(world, deadline);
        Assert.Contains("MOVING\r\n:1\r\n:15\r\n", opted.Next(), StringComparison.Ordinal);

        world.Driver.Advance(15_000 - 36);
        Task closed = Close(world);
        world.Driver.Advance(36);

        Assert.True(silent.Closed is not null);
        Assert.Equal("+PONG\r\n", opted.Ask("PING"));
        world.Driver.Advance(20);
        Assert.True(opted.Closed is not null);
        Assert.True(closed.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(13_970, 1, 1_000)] // 1.03 s are left
    [InlineData(14_000, 1, 1_000)]
    [InlineData(14_001, 1, 1_000)] // 0.999 s are left: it gets a whole one
    [InlineData(14_970, 1, 1_000)]
    [InlineData(12_999, 2, 2_001)]
    public void A_late_joiner_is_told_the_whole_seconds_left_and_at_least_one_and_has_them(int joinsAtMs, int seconds, int atLeastMs)
    {
        ProxyWorld world = new();
        Open(world, world.Driver.Clock.GetUtcNow().AddSeconds(15));
        MemoryClient late = world.ConnectResp3();
        long started = world.Driver.Clock.NowMs;
        world.Driver.Advance(joinsAtMs - started);
        Assert.Equal("+OK\r\n", late.Ask("CLIENT", "MAINT_NOTIFICATIONS", "ON"));
        Assert.Contains($"MOVING\r\n:1\r\n:{seconds}\r\n", late.Next(), StringComparison.Ordinal);
        long told = world.Driver.Clock.NowMs;

        world.Driver.Advance(15_000 - told);
        Task closed = Close(world);
        world.Driver.RunUntil(() => late.Closed is not null);

        Assert.InRange(world.Driver.Clock.NowMs - told, atLeastMs, atLeastMs + 40);
        world.Driver.RunUntil(closed);
    }

    [Fact]
    public void Joining_again_and_again_does_not_hold_up_the_end()
    {
        ProxyWorld world = new();
        MemoryClient client = world.ConnectOptedIn();
        Open(world, world.Driver.Clock.GetUtcNow().AddSeconds(2));
        world.Driver.Advance(1_990);
        client.Ask("CLIENT", "MAINT_NOTIFICATIONS", "OFF");
        client.Send("CLIENT", "MAINT_NOTIFICATIONS", "ON");
        world.Driver.Advance(10);
        long cut = world.Driver.Clock.NowMs;
        Task closed = Close(world);

        while (client.Closed is null && world.Driver.Clock.NowMs - cut < 5_000)
        {
            client.Send("CLIENT", "MAINT_NOTIFICATIONS", "OFF").Send("CLIENT", "MAINT_NOTIFICATIONS", "ON");
            world.Driver.Advance(100);
        }

        Assert.InRange(world.Driver.Clock.NowMs - cut, 900, 1_200);
        world.Driver.RunUntil(closed);
    }

    [Fact]
    public void A_blocking_command_of_who_was_told_is_answered_a_second_before_the_end_and_the_connection_serves_on()
    {
        ProxyWorld world = new();
        MemoryClient opted = world.ConnectOptedIn();
        MemoryClient silent = world.ConnectResp3();
        opted.Send("BLPOP", "q", "0");
        silent.Send("BLPOP", "q", "0");
        world.Driver.Settle();
        Open(world, world.Driver.Clock.GetUtcNow().AddSeconds(15));
        Assert.Contains("MOVING\r\n:1\r\n:15\r\n", opted.Next(), StringComparison.Ordinal);

        world.Driver.Advance(13_900);
        Assert.Empty(opted.Frames);
        world.Driver.Advance(300);

        Assert.Equal("_\r\n", Assert.Single(opted.Frames));
        opted.Next();
        Assert.Equal("+PONG\r\n", opted.Ask("PING"));
        Assert.Empty(silent.Frames);
    }

    [Fact]
    public void A_move_that_is_called_off_lets_no_blocking_command_go()
    {
        ProxyWorld world = new();
        MemoryClient opted = world.ConnectOptedIn();
        opted.Send("BLPOP", "q", "0");
        Open(world, world.Driver.Clock.GetUtcNow().AddSeconds(15));
        opted.Next();
        world.Driver.RunUntil(world.Plane.CloseWindowAsync(ProxyWorld.Database, 1, null));

        world.Driver.Advance(20_000);

        Assert.Empty(opted.Frames);
    }

    [Theory]
    [InlineData(ProxyDriverKind.Portable)]
    [InlineData(ProxyDriverKind.Epoll)]
    public async Task On_real_sockets_nobody_is_closed_before_the_time_it_was_told(ProxyDriverKind kind)
    {
        Assert.SkipWhen(kind == ProxyDriverKind.Epoll && !OperatingSystem.IsLinux(), "epoll is Linux'");
        await using DataPlane plane = new(ProxyDriver.Create(new ProxyDriverOptions { Kind = kind, Loops = 2 }), TimeProvider.System);
        await plane.PublishAsync(OneDatabase);
        IPEndPoint address = await plane.OpenListenerAsync(ProxyWorld.Database, 1, new IPEndPoint(IPAddress.Loopback, 0));
        RawConnection[] clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            _ => RawConnection.ConnectResp3Async("127.0.0.1", address.Port, optIn: [])));
        TimeSpan before = Stopwatch.GetElapsedTime(0); // no later than any of them is told
        DateTimeOffset deadline = TimeProvider.System.GetUtcNow().AddSeconds(0.6);

        await plane.OpenWindowAsync(new MaintenanceWindow(ProxyWorld.Database, 1, new Moving(1, Target), deadline));
        await plane.CloseListenerAsync(ProxyWorld.Database, 1, CloseReason.EndpointMoved, TimeSpan.FromSeconds(2));

        foreach (RawConnection client in clients)
        {
            await Eventually.TrueAsync(() => client.Closed is not null, RawConnection.Limit, "it is closed");
            Assert.Equal(1, client.Pushes.Single().Frame.Items![2].Integer);
            Assert.InRange(client.ClosedAt - before, TimeSpan.FromSeconds(1), RawConnection.Limit);
            await client.DisposeAsync();
        }
    }

    private static ProxySnapshot OneDatabase { get; } = new(1, MaintenanceNotifications: true, ImmutableDictionary<int, DatabaseRoute>.Empty.Add(
        ProxyWorld.Database,
        new DatabaseRoute(
            ProxyWorld.Database, "db1", 12000, null,
            [new ShardRoute(1, 0, 16383, new ShardTarget(1, new IPEndPoint(IPAddress.Loopback, 1), "", ProxyWorld.Redis))], ProxyLimits.Default)));

    private static void Open(ProxyWorld world, DateTimeOffset deadline) => world.Driver.RunUntil(
        world.Plane.OpenWindowAsync(new MaintenanceWindow(ProxyWorld.Database, 1, new Moving(1, Target), deadline)));

    private static Task Close(ProxyWorld world)
    {
        Task closed = world.Plane.CloseListenerAsync(ProxyWorld.Database, 1, CloseReason.EndpointMoved, TimeSpan.FromSeconds(2));
        world.Driver.Settle();
        return closed;
    }
}
