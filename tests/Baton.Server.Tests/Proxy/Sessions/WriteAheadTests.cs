using System.Text;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Sessions;
using Baton.TestKit.Memory;
using Baton.TestKit.FakeEngine;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

/// <summary>Clients that write everything before they read anything, or that do not read.</summary>
public sealed class WriteAheadTests
{
    private const int Commands = 20_000;
    private static readonly string Value = new('v', 500);
    private static readonly byte[] Get = Encoding.ASCII.GetBytes("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n");

    [Fact]
    public void A_client_that_writes_its_whole_pipeline_before_it_reads_can_write_it_to_the_end()
    {
        ProxyWorld world = new(limits: ProxyLimits.Default with { OutputHighWatermark = 20_000, MaxPipelineBytes = 2_000 });
        MemoryClient client = WriteAhead(world);

        Assert.Equal(0, client.UnsentBytes);
        Assert.Null(client.Closed);
        Assert.Equal("+PONG\r\n", world.Connect().Ask("PING"));
        client.ResumeReading();
        Assert.All(client.Next(Commands), reply => Assert.Equal($"$500\r\n{Value}\r\n", reply));
    }

    [Fact]
    public void Beyond_MaxInputBytes_it_is_not_read_any_further_and_all_is_answered_in_the_end()
    {
        ProxyWorld world = new(limits: ProxyLimits.Default with { OutputHighWatermark = 20_000, MaxPipelineBytes = 2_000, MaxInputBytes = 100_000 });
        MemoryClient client = WriteAhead(world);

        Assert.InRange(client.UnsentBytes, (Commands * Get.Length) - 300_000, Commands * Get.Length);
        client.ResumeReading();
        Assert.All(client.Next(Commands), reply => Assert.Equal($"$500\r\n{Value}\r\n", reply));
    }

    [Fact]
    public void While_memory_for_buffers_is_short_nobody_writes_far_ahead()
    {
        SystemBlock others = new(4096);
        ProxyWorld world = new(limits: ProxyLimits.Default with { OutputHighWatermark = 20_000, MaxPipelineBytes = 2_000 }, maxBufferedBytes: 1);
        MemoryClient client = WriteAhead(world);

        Assert.InRange(client.UnsentBytes, (Commands * Get.Length) - 200_000, Commands * Get.Length);
        client.ResumeReading();
        Assert.All(client.Next(Commands), reply => Assert.Equal($"$500\r\n{Value}\r\n", reply));
        others.Release();
    }

    [Fact]
    public void When_all_keep_too_much_whoever_keeps_most_is_closed()
    {
        SystemBlock others = new(4096);
        ProxyWorld world = new(maxBufferedBytes: 1);
        MemoryClient bystander = world.Connect();
        world.Engines[0].Store.Keys[(0, "large")] = new string('v', 3 * OutputBuffer.BlockBytes);
        MemoryClient client = world.Connect();
        client.StopReading();
        client.Send("GET", "large");

        world.Driver.RunUntil(() => world.Plane.Statistics.ClosedBy[CloseReason.BuffersFull] == 1);

        Assert.Equal("+PONG\r\n", bystander.Ask("PING"));
        others.Release();
    }

    [Fact]
    public void Where_replies_are_smaller_than_commands_the_replies_wait_and_not_the_commands()
    {
        ProxyWorld world = new(limits: ProxyLimits.Default with { OutputHighWatermark = 2_000 });
        MemoryClient client = world.Connect();
        for (int i = 0; i < 60; i++)
        {
            client.Ask("SET", "k", Value);
        }

        client.StopReading();
        for (int i = 0; i < 3_000; i++)
        {
            client.Send("SET", $"k{i}", Value);
        }

        world.Driver.Settle();
        Assert.Equal($"$500\r\n{Value}\r\n", world.Connect().Ask("GET", "k2999"));
        client.ResumeReading();
        Assert.All(client.Next(3_000), reply => Assert.Equal("+OK\r\n", reply));
    }

    [Fact]
    public void Many_commands_of_one_client_are_carried_out_in_several_turns()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("PING");
        long before = world.Plane.Statistics.Commands;
        long most = 0;
        int looks = 0;
        void Look()
        {
            most = Math.Max(most, world.Plane.Statistics.Commands - before);
            before = world.Plane.Statistics.Commands;
            if (looks++ < 1_000)
            {
                world.Driver.Loops[0].Post(Look);
            }
        }

        world.Driver.Loops[0].Post(Look);
        client.SendRaw(string.Concat(Enumerable.Repeat("PING\r\n", 20_000)));

        Assert.Equal(20_000, client.Next(20_000).Count(reply => reply == "+PONG\r\n"));
        Assert.InRange(most, 1, 2 * ClientSession.MaxCommandsPerTurn);
    }

    [Fact]
    public void A_subscriber_that_does_not_read_is_closed_at_the_hard_limit_and_at_the_soft_one_when_its_time_is_over()
    {
        ProxyWorld world = new(limits: ProxyLimits.Default with { SubscriberOutput = new OutputLimit(20_000, 5_000, 60) });
        MemoryClient hard = world.Connect();
        MemoryClient soft = world.Connect();
        MemoryClient publisher = world.Connect();
        hard.Ask("SUBSCRIBE", "h");
        soft.Ask("SUBSCRIBE", "s");
        hard.StopReading();
        soft.StopReading();

        publisher.Ask("PUBLISH", "h", new string('m', 25_000));
        world.Driver.RunUntil(() => world.Plane.Statistics.ClosedBy[CloseReason.SlowReader] == 1);

        publisher.Ask("PUBLISH", "s", new string('m', 6_000));
        world.Driver.Advance(59_000);
        publisher.Ask("PUBLISH", "s", "m");
        Assert.Equal(1, world.Plane.Statistics.ClosedBy[CloseReason.SlowReader]);
        world.Driver.Advance(2_000);
        publisher.Ask("PUBLISH", "s", "m");
        world.Driver.RunUntil(() => world.Plane.Statistics.ClosedBy[CloseReason.SlowReader] == 2);
    }

    [Fact]
    public void Before_AUTH_commands_may_only_be_small_and_behind_it_in_the_same_packet_they_may_be_large()
    {
        ProxyWorld world = new(password: "secret");
        MemoryClient many = world.Connect();
        many.SendRaw("*11\r\n");
        Assert.Equal("-ERR Protocol error: unauthenticated multibulk length\r\n", many.Next());
        many.WaitClosed();

        MemoryClient long1 = world.Connect();
        long1.SendRaw("*2\r\n$4\r\nPING\r\n$16385\r\n");
        Assert.Equal("-ERR Protocol error: unauthenticated bulk length\r\n", long1.Next());
        long1.WaitClosed();

        MemoryClient client = world.Connect();
        client.Send("AUTH", "secret").Send([.. Enumerable.Repeat("k", 20).Prepend("DEL")]).Send("SET", "k", new string('v', 20_000));
        Assert.Equal(["+OK\r\n", ":0\r\n", "+OK\r\n"], client.Next(3));
    }

    [Fact]
    public void By_default_only_subscribers_have_an_output_limit_as_with_a_plain_server()
    {
        Assert.Equal(default, ProxyLimits.Default.Output);
        Assert.Equal(new OutputLimit(32 * 1024 * 1024, 8 * 1024 * 1024, 60), ProxyLimits.Default.SubscriberOutput);
    }

    private static MemoryClient WriteAhead(ProxyWorld world)
    {
        MemoryClient client = world.Connect();
        client.Ask("SET", "k", Value);
        client.StopReading();
        for (int i = 0; i < Commands; i++)
        {
            client.SendRaw(Get);
        }

        world.Driver.Settle();
        return client;
    }
}
