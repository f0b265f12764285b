using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

public sealed class LimitsTests
{
    /// <summary>A bulk string of 4,000 bytes with its frame.</summary>
    private const int LargeReply = 4_009;

    [Fact]
    public void The_client_over_the_limit_is_told_and_closed_and_makes_room_when_one_leaves()
    {
        ProxyWorld world = new(limits: ProxyLimits.Default with { MaxClients = 2 });
        MemoryClient first = world.Connect();
        MemoryClient second = world.Connect();
        first.Ask("PING");
        second.Ask("PING");

        MemoryClient third = world.Connect();
        Assert.Equal("-ERR max number of clients reached\r\n", third.Next());
        third.WaitClosed();
        Assert.Equal(1, world.Plane.Statistics.ClosedBy[CloseReason.TooManyClients]);

        first.Close();
        world.Driver.Settle();
        Assert.Equal("+PONG\r\n", world.Connect().Ask("PING"));
    }

    [Fact]
    public void A_client_that_does_not_read_is_slowed_down_and_then_closed()
    {
        ProxyWorld world = new(limits: ProxyLimits.Default with { OutputHighWatermark = 10_000, Output = new OutputLimit(30_000) });
        MemoryClient client = world.Connect();
        MemoryClient bystander = world.Connect();
        client.Ask("SET", "big", new string('v', 9_000));
        client.StopReading();

        for (int i = 0; i < 3; i++)
        {
            client.Send("GET", "big");
        }

        world.Driver.Settle();
        client.Send("GET", "big").Send("GET", "big");
        world.Driver.Settle();
        Assert.Null(client.Closed);
        Assert.Equal("+PONG\r\n", bystander.Ask("PING"));
        bystander.Ask("SET", "huge", new string('v', 40_000));
        client.ResumeReading();
        Assert.All(client.Next(5), reply => Assert.StartsWith("$9000\r\n", reply));

        client.StopReading();
        client.Send("GET", "huge");
        world.Driver.RunUntil(() => world.Plane.Statistics.ClosedBy[CloseReason.SlowReader] == 1);
    }

    [Fact]
    public void A_pipeline_over_its_bytes_waits_and_is_answered_whole()
    {
        ProxyWorld world = new(limits: ProxyLimits.Default with { MaxPipelineBytes = 1_000 });
        MemoryClient client = world.Connect();
        client.Ask("SET", "k", "0");
        world.Engines[0].Stall(true);

        for (int i = 0; i < 500; i++)
        {
            client.Send("INCR", "k");
        }

        world.Driver.Settle();
        Assert.InRange(world.Engines[0].Received.Count(command => command == "INCR k"), 1, 60);
        world.Engines[0].Stall(false);

        Assert.Equal(Enumerable.Range(1, 500).Select(i => $":{i}\r\n"), client.Next(500));
    }

    [Fact]
    public void Only_the_first_command_is_sent_until_a_reply_tells_how_large_they_are()
    {
        ProxyWorld world = new();
        world.Connect().Ask("SET", "k", "v");
        MemoryClient client = world.Connect();
        world.Engines[0].Stall(true);

        Assert.Equal(1, GetsSent(world, client, "k", 100));

        world.Engines[0].Stall(false);
        Assert.All(client.Next(100), reply => Assert.Equal("$1\r\nv\r\n", reply));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(51)]
    public void Unanswered_small_commands_wait_at_their_limit(int limit)
    {
        ProxyWorld world = new(limits: ProxyLimits.Default with { MaxPipelineReplies = limit });
        MemoryClient client = world.Connect();
        client.Ask("SET", "k", "v");
        LearnSize(client, "k");
        world.Engines[0].Stall(true);

        Assert.Equal(limit, GetsSent(world, client, "k", 300));

        world.Engines[0].Stall(false);
        Assert.All(client.Next(300), reply => Assert.Equal("$1\r\nv\r\n", reply));
    }

    [Theory]
    [InlineData(2 * LargeReply, 2)]
    [InlineData((2 * LargeReply) + 1, 3)]
    [InlineData(LargeReply / 10, 1)]
    public void As_many_large_replies_are_asked_for_as_the_high_watermark_takes(int watermark, int sent)
    {
        ProxyWorld world = new(limits: ProxyLimits.Default with { OutputHighWatermark = watermark });
        MemoryClient client = world.Connect();
        client.Ask("SET", "big", new string('v', 4_000));
        LearnSize(client, "big");
        world.Engines[0].Stall(true);

        Assert.Equal(sent, GetsSent(world, client, "big", 50));

        world.Engines[0].Stall(false);
        Assert.All(client.Next(50), reply => Assert.Equal(LargeReply, reply.Length));
    }

    [Fact]
    public void Replies_that_are_merged_of_several_shards_count_whole()
    {
        ProxyWorld world = new(shards: 2, limits: ProxyLimits.Default with { OutputHighWatermark = 4 * LargeReply });
        MemoryClient client = world.Connect();
        client.Ask("MSET", "a", new string('v', 4_000), "b", new string('v', 4_000));
        for (int i = 0; i < 40; i++)
        {
            client.Ask("MGET", "a", "b");
        }

        foreach (FakeEngine engine in world.Engines)
        {
            engine.Stall(true);
            engine.Received.Clear();
        }

        for (int i = 0; i < 10; i++)
        {
            client.Send("MGET", "a", "b");
        }

        world.Driver.Settle();
        Assert.All(world.Engines, engine => Assert.Equal(2, engine.Received.Count));
        foreach (FakeEngine engine in world.Engines)
        {
            engine.Stall(false);
        }

        Assert.Equal(10, client.Next(10).Length);
    }

    [Fact]
    public void A_client_that_asks_for_much_and_reads_nothing_leaves_little_with_the_engine()
    {
        ProxyWorld world = new(limits: ProxyLimits.Default with { OutputHighWatermark = 2 * LargeReply });
        MemoryClient bystander = world.Connect();
        bystander.Ask("SET", "big", new string('v', 4_000));
        MemoryClient client = world.Connect();
        client.StopReading();

        Assert.InRange(GetsSent(world, client, "big", 200), 2, 5);

        Assert.Equal("+OK\r\n", bystander.Ask("SET", "k", "v"));
        client.ResumeReading();
        Assert.All(client.Next(200), reply => Assert.Equal(LargeReply, reply.Length));
    }

    [Fact]
    public void Dedicated_upstreams_over_their_limit_are_an_error_and_not_a_wait()
    {
        ProxyWorld world = new(limits: ProxyLimits.Default with { MaxDedicatedUpstreams = 1 });
        MemoryClient first = world.Connect();
        first.Send("BLPOP", "q", "0");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);

        Assert.Contains("MaxDedicatedUpstreams", world.Connect().Ask("BLPOP", "q", "0"));
    }

    [Fact]
    public void An_engine_that_accepts_and_says_nothing_is_given_up_after_the_handshake_timeout()
    {
        ProxyWorld world = new(limits: ProxyLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(2) });
        MemoryClient client = world.Connect();
        world.Driver.BlackHole(world.Engines[0].Address);

        Assert.StartsWith("-ERR upstream cannot be reached", client.Ask("GET", "k"));
        Assert.InRange(world.Driver.Clock.NowMs, 2_000, 4_500);
    }

    [Fact]
    public void Full_memory_refuses_what_would_need_more()
    {
        ProxyWorld world = new();
        world.Publish(route => route with { Shards = route.Shards.SetItem(0, route.Shards[0] with { WritesRefused = true }) });
        MemoryClient client = world.Connect();

        Assert.Equal("-OOM command not allowed when used memory > 'maxmemory'.\r\n", client.Ask("SET", "k", "v"));
        Assert.Equal(":0\r\n", client.Ask("DEL", "k"));
        Assert.Equal("$-1\r\n", client.Ask("GET", "k"));
    }

    [Fact]
    public void A_deleted_database_closes_its_clients()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("PING");

        world.Driver.RunUntil(world.Plane.PublishAsync(ProxySnapshot.Empty));

        client.WaitClosed();
        Assert.Equal(1, world.Plane.Statistics.ClosedBy[CloseReason.DatabaseDeleted]);
    }

    [Fact]
    public void A_draining_listener_answers_what_is_in_flight_lets_go_what_is_blocked_and_closes()
    {
        ProxyWorld world = new();
        MemoryClient idle = world.Connect();
        MemoryClient busy = world.Connect();
        MemoryClient blocked = world.Connect();
        idle.Ask("SET", "k", "0");
        blocked.Send("BLPOP", "q", "0");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);
        busy.Send("INCR", "k");
        world.Driver.RunUntil(() => world.Engines[0].Received.Contains("INCR k"));

        Task closed = world.Plane.CloseListenerAsync(ProxyWorld.Database, 1, CloseReason.EndpointMoved, TimeSpan.FromSeconds(1));
        world.Driver.RunUntil(closed);

        Assert.Equal(":1\r\n", busy.Next());
        Assert.Equal("*-1\r\n", blocked.Next());
        idle.WaitClosed();
        Assert.Equal(3, world.Plane.Statistics.ClosedBy[CloseReason.EndpointMoved]);
        Assert.Equal("closed: SocketError", world.Connect().Next());
    }

    [Fact]
    public void A_drain_ends_at_its_limit_when_an_answer_never_comes()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("SET", "k", "0");
        world.Engines[0].Stall(true);
        client.Send("INCR", "k");
        world.Driver.Settle();
        long before = world.Driver.Clock.NowMs;

        world.Driver.RunUntil(world.Plane.CloseListenerAsync(ProxyWorld.Database, 1, CloseReason.EndpointMoved, TimeSpan.FromMilliseconds(700)));

        Assert.InRange(world.Driver.Clock.NowMs - before, 700, 730);
        client.WaitClosed();
    }

    [Fact]
    public void The_server_stopping_closes_everyone()
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient client = world.Connect();
        client.Ask("PING");

        world.Driver.RunUntil(world.Plane.DisposeAsync().AsTask());

        client.WaitClosed();
        Assert.Equal(1, world.Plane.Statistics.ClosedBy[CloseReason.ServerStopping]);
    }

    // What was assumed before the first reply is forgotten little by little.
    private static void LearnSize(MemoryClient client, string key)
    {
        for (int i = 0; i < 40; i++)
        {
            client.Ask("GET", key);
        }
    }

    private static int GetsSent(ProxyWorld world, MemoryClient client, string key, int count)
    {
        world.Engines[0].Received.Clear();
        for (int i = 0; i < count; i++)
        {
            client.Send("GET", key);
        }

        world.Driver.Settle();
        return world.Engines[0].Received.Count(command => command == $"GET {key}");
    }
}
