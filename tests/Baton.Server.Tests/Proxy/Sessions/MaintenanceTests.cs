using System.Net;
using Baton.Protocol.Maintenance;
using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

public sealed class MaintenanceTests
{
    private static readonly MovingTarget Target = new("10.0.0.2", "1.2.3.4", "node2.internal", "node2.example", 12000);

    [Fact]
    public void Only_who_opted_in_is_told()
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient opted = world.ConnectOptedIn();
        MemoryClient modern = world.ConnectResp3();
        MemoryClient old = world.Connect();

        Assert.Equal(1, world.OpenWindow(new Migrating(1, [1, 2]), seconds: 2));
        Assert.Equal(">4\r\n$9\r\nMIGRATING\r\n:1\r\n:2\r\n$10\r\n[\"1\", \"2\"]\r\n", opted.Next());
        Assert.Equal(1, world.CloseWindow(1, new Migrated(2, [1, 2])));
        Assert.Equal(">3\r\n$8\r\nMIGRATED\r\n:2\r\n$10\r\n[\"1\", \"2\"]\r\n", opted.Next());

        Assert.Equal("+PONG\r\n", modern.Ask("PING"));
        Assert.Equal("+PONG\r\n", old.Ask("PING"));
    }

    [Fact]
    public void Resp2_malformed_and_disabled_opt_ins_leave_nothing_behind()
    {
        ProxyWorld world = new();
        MemoryClient old = world.Connect();
        MemoryClient modern = world.ConnectResp3();

        Assert.StartsWith("-ERR maintenance notifications need RESP3", old.Ask("CLIENT", "MAINT_NOTIFICATIONS", "ON"));
        Assert.StartsWith("-ERR", modern.Ask("CLIENT", "MAINT_NOTIFICATIONS", "MAYBE"));
        Assert.StartsWith("-ERR", modern.Ask("CLIENT", "MAINT_NOTIFICATIONS", "ON", "moving-endpoint-type", "nonsense"));
        Assert.StartsWith("-ERR", modern.Ask("CLIENT", "MAINT_NOTIFICATIONS", "ON", "moving-endpoint-type"));
        Assert.StartsWith("-ERR wrong number of arguments", modern.Ask("CLIENT", "MAINT_NOTIFICATIONS"));
        world.Publish(notifications: false);
        Assert.Equal("-ERR maintenance notifications are disabled on this server\r\n", modern.Ask("client", "maint_notifications", "on"));
        world.Publish(notifications: true);
        Assert.Equal(0, world.OpenWindow(new Migrating(1, [1]), seconds: 2));
    }

    [Theory]
    [InlineData("internal-ip", "$14\r\n10.0.0.2:12000\r\n")]
    [InlineData("external-ip", "$13\r\n1.2.3.4:12000\r\n")]
    [InlineData("internal-fqdn", "$20\r\nnode2.internal:12000\r\n")]
    [InlineData("external-fqdn", "$19\r\nnode2.example:12000\r\n")]
    [InlineData("none", "_\r\n")]
    [InlineData(null, "_\r\n")]
    public void Moving_names_the_target_in_the_form_asked_for(string? type, string endpoint)
    {
        ProxyWorld world = new();
        MemoryClient client = world.ConnectResp3();
        Assert.Equal("+OK\r\n", type is null
            ? client.Ask("CLIENT", "MAINT_NOTIFICATIONS", "on")
            : client.Ask("client", "Maint_Notifications", "ON", "Moving-Endpoint-Type", type.ToUpperInvariant()));

        world.OpenWindow(new Moving(7, Target), seconds: 15, node: 1);

        Assert.Equal($">4\r\n$6\r\nMOVING\r\n:7\r\n:15\r\n{endpoint}", client.Next());
    }

    [Fact]
    public void Late_joiners_get_every_open_window_right_behind_their_ok_with_the_time_left()
    {
        ProxyWorld world = new();
        world.OpenWindow(new Migrating(1, [1]), seconds: 10);
        world.OpenWindow(new Moving(3, Target), seconds: 15, node: 1);
        world.OpenWindow(new Moving(4, Target), seconds: 15, node: 2);
        world.Driver.Advance(9_800); // 0.2 s and 5.2 s are left
        MemoryClient client = world.ConnectResp3();

        client.Send("GET", "k").Send("CLIENT", "MAINT_NOTIFICATIONS", "ON").Send("PING");

        Assert.Equal("_\r\n", client.Next());
        Assert.Equal("+OK\r\n", client.Next());
        Assert.StartsWith(">4\r\n$9\r\nMIGRATING\r\n:1\r\n:1\r\n", client.Next());
        Assert.StartsWith(">4\r\n$6\r\nMOVING\r\n:3\r\n:5\r\n", client.Next());
        Assert.Equal("+PONG\r\n", client.Next());
    }

    [Fact]
    public void Moving_concerns_one_nodes_connections_and_shard_windows_concern_all()
    {
        ProxyWorld world = new();
        IPEndPoint second = world.Driver.RunUntil(world.Plane.OpenListenerAsync(ProxyWorld.Database, 2, new IPEndPoint(IPAddress.Loopback, 0)));
        MemoryClient onFirst = world.ConnectOptedIn();
        MemoryClient onSecond = world.ConnectOptedIn(second);

        Assert.Equal(1, world.OpenWindow(new Moving(1, Target), seconds: 15, node: 2));
        Assert.Contains("MOVING", onSecond.Next());
        Assert.Equal(2, world.OpenWindow(new FailingOver(2, [1]), seconds: 2));
        Assert.Contains("FAILING_OVER", onFirst.Next());
        Assert.Contains("FAILING_OVER", onSecond.Next());
    }

    [Fact]
    public void A_push_never_stands_inside_a_reply()
    {
        ProxyWorld world = new();
        MemoryClient client = world.ConnectOptedIn();
        client.Ask("SET", "big", new string('v', 5_000));
        world.Driver.MaxChunk = 100;
        client.Send("GET", "big").Send("GET", "big");
        world.Driver.RunUntil(() => client.Everything.Length > 600);

        Task<int> told = world.Plane.OpenWindowAsync(new MaintenanceWindow(
            ProxyWorld.Database, null, new Migrating(1, [1]), world.Driver.Clock.GetUtcNow().AddSeconds(2)));
        world.Driver.RunUntil(told);

        string[] frames = client.Next(3);
        Assert.Equal(2, frames.Count(frame => frame == $"$5000\r\n{new string('v', 5_000)}\r\n"));
        Assert.Single(frames, frame => frame.StartsWith(">4\r\n$9\r\nMIGRATING", StringComparison.Ordinal));
    }

    [Fact]
    public void Off_hello_2_and_reset_end_the_opt_in()
    {
        ProxyWorld world = new();
        MemoryClient off = world.ConnectOptedIn();
        MemoryClient downgraded = world.ConnectOptedIn();
        MemoryClient reset = world.ConnectOptedIn();
        MemoryClient stays = world.ConnectOptedIn();

        Assert.Equal("+OK\r\n", off.Ask("CLIENT", "MAINT_NOTIFICATIONS", "OFF"));
        downgraded.Ask("HELLO", "2");
        Assert.Equal("+RESET\r\n", reset.Ask("RESET"));

        Assert.Equal(1, world.OpenWindow(new Migrating(1, [1]), seconds: 2));
        Assert.Contains("MIGRATING", stays.Next());
        Assert.Equal(1, world.Plane.Statistics.OptedIn);
        Assert.Equal(1, world.Plane.Statistics.NotificationsSent);
    }

    [Fact]
    public void While_the_feature_is_off_opted_in_connections_stay_quiet()
    {
        ProxyWorld world = new();
        MemoryClient client = world.ConnectOptedIn();
        world.Publish(notifications: false);

        Assert.Equal(0, world.OpenWindow(new Migrating(1, [1]), seconds: 2));
        world.Publish(notifications: true);
        Assert.Equal(1, world.CloseWindow(1, new Migrated(2, [1])));
        Assert.Contains("MIGRATED", client.Next());
    }

    [Fact]
    public void A_thousand_connections_are_told_in_slices()
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient[] clients = [.. Enumerable.Range(0, 1_000).Select(_ => world.Connect())];
        foreach (MemoryClient client in clients)
        {
            client.Send("HELLO", "3").Send("CLIENT", "MAINT_NOTIFICATIONS", "ON");
        }

        world.Driver.RunUntil(() => world.Plane.Statistics.OptedIn == 1_000);

        Assert.Equal(1_000, world.OpenWindow(new Migrating(1, [1]), seconds: 2));
        Assert.All(clients, client => Assert.Contains("MIGRATING", client.Next(3)[2]));
    }

    [Fact]
    public void More_opted_in_connections_than_one_slice_are_all_told_once()
    {
        const int Count = 1_100;
        ProxyWorld world = new(loops: 2);
        MemoryClient[] clients = [.. Enumerable.Range(0, Count).Select(_ => world.Connect())];
        Array.ForEach(clients, client => client.Send("HELLO", "3").Send("CLIENT", "MAINT_NOTIFICATIONS", "ON"));
        Array.ForEach(clients, client => Assert.Equal("+OK\r\n", client.Next(2)[1]));

        Assert.Equal(Count, world.OpenWindow(new Migrating(1, [1]), seconds: 2));
        Assert.Equal(Count, world.CloseWindow(1, new Migrated(2, [1])));

        world.Driver.Settle();
        Assert.All(clients, client => Assert.Equal(2, client.Frames.Count));
        Assert.All(clients, client => Assert.Contains("MIGRATING", client.Next(), StringComparison.Ordinal));
        Assert.All(clients, client => Assert.Contains("MIGRATED", client.Next(), StringComparison.Ordinal));
    }
}
