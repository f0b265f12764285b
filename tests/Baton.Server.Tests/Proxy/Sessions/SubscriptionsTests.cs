using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

public sealed class SubscriptionsTests
{
    [Fact]
    public void Confirmations_and_messages_come_in_the_clients_protocol()
    {
        ProxyWorld world = new();
        MemoryClient old = world.Connect();
        MemoryClient modern = world.ConnectResp3();

        old.Send("SUBSCRIBE", "a", "b");
        modern.Send("SUBSCRIBE", "a");

        Assert.Equal(["*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n", "*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n"], old.Next(2));
        Assert.Equal(">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n", modern.Next());
        Assert.Equal(":2\r\n", world.Connect().Ask("PUBLISH", "a", "hi"));
        Assert.Equal("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n", old.Next());
        Assert.Equal(">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n", modern.Next());
    }

    [Fact]
    public void A_resp2_subscriber_takes_few_commands_and_a_resp3_one_takes_all()
    {
        ProxyWorld world = new();
        MemoryClient old = world.Connect();
        MemoryClient modern = world.ConnectResp3();
        old.Ask("SUBSCRIBE", "a");
        modern.Ask("SUBSCRIBE", "a");

        Assert.StartsWith("-ERR Can't execute 'get'", old.Ask("GET", "k"));
        Assert.Equal("*2\r\n$4\r\npong\r\n$0\r\n\r\n", old.Ask("PING"));
        Assert.Equal("_\r\n", modern.Ask("GET", "k"));
        Assert.Equal("*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n", old.Ask("UNSUBSCRIBE"));
        Assert.Equal("$-1\r\n", old.Ask("GET", "k"));
        Assert.Equal("*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n", old.Ask("UNSUBSCRIBE"));
    }

    [Fact]
    public void Over_several_shards_each_message_comes_once_and_the_count_is_right()
    {
        ProxyWorld world = new(shards: 3);
        MemoryClient subscriber = world.ConnectResp3();
        MemoryClient publisher = world.Connect();
        subscriber.Send("SUBSCRIBE", "a", "b", "c", "d");
        Assert.Equal(4, subscriber.Next(4).Length);

        foreach (string channel in (string[])["a", "b", "c", "d"])
        {
            Assert.Equal(":1\r\n", publisher.Ask("PUBLISH", channel, "m"));
            Assert.Equal($">3\r\n$7\r\nmessage\r\n$1\r\n{channel}\r\n$1\r\nm\r\n", subscriber.Next());
        }

        Assert.Equal("+PONG\r\n", subscriber.Ask("PING"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void No_message_is_lost_or_doubled_when_the_shard_moves(int seed)
    {
        ProxyWorld world = new(seed, loops: 2);
        MemoryClient[] subscribers = [.. Enumerable.Range(0, 4).Select(_ => world.ConnectResp3())];
        foreach (MemoryClient subscriber in subscribers)
        {
            subscriber.Ask("SUBSCRIBE", "news");
        }

        MemoryClient publisher = world.Connect();
        int sent = 0;
        for (int round = 0; round < 5; round++)
        {
            for (int i = 0; i < 20; i++)
            {
                publisher.Send("PUBLISH", "news", $"{sent++}");
            }

            world.Switch();
        }

        Assert.All(publisher.Next(sent), reply => Assert.Equal(":4\r\n", reply));
        foreach (MemoryClient subscriber in subscribers)
        {
            string[] messages = [.. subscriber.Next(sent).Select(frame => frame.Split("\r\n")[6])];
            Assert.Equal(Enumerable.Range(0, sent).Select(i => $"{i}"), messages);
            Assert.Equal("+PONG\r\n", subscriber.Ask("PING"));
        }
    }

    [Fact]
    public void Patterns_bring_each_message_once_whichever_shard_it_is_published_on()
    {
        ProxyWorld world = new(shards: 3);
        MemoryClient old = world.Connect();
        MemoryClient modern = world.ConnectResp3();
        Assert.Equal("*3\r\n$10\r\npsubscribe\r\n$2\r\nn*\r\n:1\r\n", old.Ask("PSUBSCRIBE", "n*"));
        Assert.Equal(">3\r\n$10\r\npsubscribe\r\n$2\r\nn*\r\n:1\r\n", modern.Ask("PSUBSCRIBE", "n*"));

        MemoryClient publisher = world.Connect();
        foreach (string channel in (string[])["n1", "n2", "n3", "n4"])
        {
            Assert.Equal(":2\r\n", publisher.Ask("PUBLISH", channel, "m"));
            Assert.Equal($"*4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$2\r\n{channel}\r\n$1\r\nm\r\n", old.Next());
            Assert.Equal($">4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$2\r\n{channel}\r\n$1\r\nm\r\n", modern.Next());
        }

        Assert.Equal("*3\r\n$12\r\npunsubscribe\r\n$2\r\nn*\r\n:0\r\n", old.Ask("PUNSUBSCRIBE", "n*"));
        Assert.Equal(":1\r\n", publisher.Ask("PUBLISH", "n1", "m"));
    }

    [Fact]
    public void Sharded_channels_are_subscribed_on_the_shard_of_their_slot_alone()
    {
        ProxyWorld world = new(shards: 3);
        MemoryClient subscriber = world.ConnectResp3();
        Assert.Equal(">3\r\n$10\r\nssubscribe\r\n$1\r\na\r\n:1\r\n", subscriber.Ask("SSUBSCRIBE", "a"));

        MemoryClient publisher = world.Connect();
        Assert.Equal(":1\r\n", publisher.Ask("SPUBLISH", "a", "m"));
        Assert.Equal(":0\r\n", publisher.Ask("PUBLISH", "a", "m"));

        Assert.Equal(">3\r\n$8\r\nsmessage\r\n$1\r\na\r\n$1\r\nm\r\n", subscriber.Next());
        Assert.Single(world.Engines, engine => engine.Received.Contains("SSUBSCRIBE a"));
        Assert.Equal(">3\r\n$12\r\nsunsubscribe\r\n$1\r\na\r\n:0\r\n", subscriber.Ask("SUNSUBSCRIBE", "a"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Resp2_pattern_and_sharded_subscribers_lose_and_double_nothing_when_the_shard_moves(int seed)
    {
        ProxyWorld world = new(seed, loops: 2);
        MemoryClient plain = world.Connect();
        MemoryClient pattern = world.Connect();
        MemoryClient sharded = world.Connect();
        plain.Ask("SUBSCRIBE", "news");
        pattern.Ask("PSUBSCRIBE", "ne*");
        sharded.Ask("SSUBSCRIBE", "news");

        MemoryClient publisher = world.Connect();
        int sent = 0;
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < 20; i++)
            {
                publisher.Send("PUBLISH", "news", $"{sent}").Send("SPUBLISH", "news", $"{sent++}");
            }

            world.Switch();
        }

        Assert.All(publisher.Next(sent * 2).Chunk(2), pair => Assert.Equal([":2\r\n", ":1\r\n"], pair));
        foreach (MemoryClient subscriber in (MemoryClient[])[plain, pattern, sharded])
        {
            Assert.Equal(Enumerable.Range(0, sent).Select(i => $"{i}"), subscriber.Next(sent).Select(frame => frame.Split("\r\n")[^2]));
            Assert.Equal("*2\r\n$4\r\npong\r\n$0\r\n\r\n", subscriber.Ask("PING"));
        }
    }
}
