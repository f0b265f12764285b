using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

public sealed class EndOfInputTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Who_sends_and_then_only_reads_gets_every_answer_before_the_end(int seed)
    {
        ProxyWorld world = new(seed, shards: 2);
        world.Driver.MaxChunk = 5;
        MemoryClient client = world.Connect();
        client.SendRaw("SET a 1\r\nGET a\r\nSET b 2\r\nPING\r\n");
        client.EndOutput();

        Assert.Equal(["+OK\r\n", "$1\r\n1\r\n", "+OK\r\n", "+PONG\r\n"], client.Next(4));
        Assert.Equal(CloseReason.ClosedByPeer, client.WaitClosed());
    }

    [Fact]
    public void A_command_that_waits_for_a_held_shard_is_still_answered()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("PING");
        IShardHold hold = world.Hold();
        client.Send("SET", "a", "1");
        client.EndOutput();
        world.Driver.Settle();
        Assert.Null(client.Closed);

        world.Driver.RunUntil(hold.ReleaseAsync());

        Assert.Equal("+OK\r\n", client.Next());
        client.WaitClosed();
    }

    [Fact]
    public void Who_only_listens_or_waits_for_data_has_gone()
    {
        ProxyWorld world = new();
        MemoryClient subscriber = world.Connect();
        subscriber.Ask("SUBSCRIBE", "news");
        MemoryClient waiting = world.Connect();
        waiting.Send("BLPOP", "list", "0");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);

        subscriber.EndOutput();
        waiting.EndOutput();

        subscriber.WaitClosed();
        waiting.WaitClosed();
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 0);
    }
}
