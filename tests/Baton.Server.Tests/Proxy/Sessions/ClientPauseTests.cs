using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

/// <summary>CLIENT PAUSE: what waits, for whom, and what ends it.</summary>
public sealed class ClientPauseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Writes_wait_until_the_pause_is_lifted_reads_do_not(int loops)
    {
        ProxyWorld world = new(loops: loops);
        MemoryClient operating = world.Connect();
        MemoryClient writer = world.Connect();
        MemoryClient reader = world.Connect();
        Assert.Equal("+OK\r\n", operating.Ask("CLIENT", "PAUSE", "100000", "WRITE"));

        writer.Send("SET", "k", "1").Send("GET", "k");

        Assert.Equal("$-1\r\n", reader.Ask("GET", "k"));
        Assert.Equal("+OK\r\n", operating.Ask("CLIENT", "UNPAUSE"));
        Assert.Equal(["+OK\r\n", "$1\r\n1\r\n"], writer.Next(2));
        Assert.Equal("$1\r\n1\r\n", reader.Ask("GET", "k"));
    }

    [Fact]
    public void Everything_waits_until_the_time_is_over_and_a_shorter_pause_takes_nothing_back()
    {
        ProxyWorld world = new();
        MemoryClient operating = world.Connect();
        Assert.Equal(["+OK\r\n", "+OK\r\n"], operating.Send("CLIENT", "PAUSE", "5000", "WRITE").Send("CLIENT", "PAUSE", "1", "ALL").Next(2));
        long paused = world.Plane.Loops[0].Io.NowMs;

        Assert.Equal("+PONG\r\n", world.Connect().Ask("PING"));

        Assert.InRange(world.Plane.Loops[0].Io.NowMs - paused, 4990, 6000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_finishes_sending_while_it_waits_is_closed_at_once_and_its_command_never_runs(bool inTheSamePacket)
    {
        ProxyWorld world = new();
        MemoryClient operating = world.Connect();
        operating.Ask("CLIENT", "PAUSE", "100000", "WRITE");
        MemoryClient writer = world.Connect().Send("GET", "k").Send("SET", "k", "1").Send("GET", "k");
        if (!inTheSamePacket)
        {
            world.Driver.Settle();
        }

        writer.EndOutput();

        long before = world.Plane.Loops[0].Io.NowMs;
        Assert.Equal("$-1\r\n", writer.Next());
        Assert.Equal(CloseReason.ClosedByPeer, writer.WaitClosed());
        Assert.InRange(world.Plane.Loops[0].Io.NowMs - before, 0, 1000);
        Assert.Equal("+OK\r\n", operating.Ask("CLIENT", "UNPAUSE"));
        Assert.Equal("$-1\r\n", operating.Ask("GET", "k"));
    }

    [Fact]
    public void Who_goes_while_it_waits_is_forgotten()
    {
        ProxyWorld world = new();
        MemoryClient operating = world.Connect();
        operating.Ask("CLIENT", "PAUSE", "100000", "WRITE");
        MemoryClient writer = world.Connect().Send("SET", "k", "1");

        writer.Close();

        Assert.Equal("$-1\r\n", operating.Ask("GET", "k"));
        Assert.Equal("+OK\r\n", operating.Ask("CLIENT", "UNPAUSE"));
        Assert.Equal("$-1\r\n", operating.Ask("GET", "k"));
    }
}
