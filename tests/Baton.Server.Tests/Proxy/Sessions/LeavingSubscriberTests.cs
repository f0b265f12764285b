using Baton.Server.Engines;
using Baton.Server.Proxy.Holds;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

/// <summary>An engine that takes a message away from one subscriber when another leaves while it goes round: the two do not meet.</summary>
public sealed class LeavingSubscriberTests
{
    private static ProxyWorld World(int loops = 1) => new(loops: loops, capabilities: ProxyWorld.Redis with { Kind = EngineKind.Garnet, SafeUnsubscribing = false });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Who_goes_leaves_the_engine_when_what_is_published_has_gone_round(int loops)
    {
        ProxyWorld world = World(loops);
        MemoryClient goes = world.ConnectResp3();
        MemoryClient stays = world.ConnectResp3();
        MemoryClient publisher = world.Connect();
        goes.Ask("SUBSCRIBE", "a");
        stays.Ask("SUBSCRIBE", "a");
        Assert.Equal(":2\r\n", publisher.Ask("PUBLISH", "a", "1"));
        stays.Next();

        world.Engines[0].Stall(true);
        publisher.Send("PUBLISH", "a", "2");
        world.Driver.Settle();
        goes.Close();
        world.Driver.Settle();
        Assert.DoesNotContain(world.Engines[0].Received, command => command.StartsWith("UNSUBSCRIBE", StringComparison.Ordinal));

        world.Engines[0].Stall(false);
        publisher.Next();
        stays.Next();
        world.Driver.Settle();
        Assert.Contains("UNSUBSCRIBE a", world.Engines[0].Received);
        Assert.Equal(":1\r\n", publisher.Ask("PUBLISH", "a", "3"));
        Assert.EndsWith("3\r\n", stays.Next());
    }

    [Fact]
    public void Who_unsubscribes_while_something_goes_round_is_answered_behind_it_and_publishers_wait_for_that()
    {
        ProxyWorld world = World();
        MemoryClient subscriber = world.ConnectResp3();
        MemoryClient[] publishers = [world.Connect(), world.Connect()];
        subscriber.Ask("SUBSCRIBE", "a");

        world.Engines[0].Stall(true);
        publishers[0].Send("PUBLISH", "a", "1");
        world.Driver.Settle();
        subscriber.Send("UNSUBSCRIBE", "a");
        world.Driver.Settle();
        publishers[1].Send("PUBLISH", "a", "2");
        publishers[0].Send("MULTI").Send("PUBLISH", "a", "3").Send("EXEC");
        world.Driver.Settle();
        Assert.Single(world.Engines[0].Received, command => command.Contains("PUBLISH", StringComparison.Ordinal));

        world.Engines[0].Stall(false);
        Assert.Equal(":1\r\n", publishers[0].Next());
        Assert.Equal(">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\n1\r\n", subscriber.Next());
        Assert.Equal(">3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n", subscriber.Next());
        Assert.Equal(":0\r\n", publishers[1].Next());
        Assert.Equal(["+OK\r\n", "+QUEUED\r\n", "*1\r\n:0\r\n"], publishers[0].Next(3));
    }

    [Fact]
    public void An_engine_that_answers_nothing_keeps_nobody_from_publishing_for_longer_than_the_limits()
    {
        ProxyWorld world = World();
        MemoryClient goes = world.ConnectResp3();
        MemoryClient[] publishers = [world.Connect(), world.Connect()];
        goes.Ask("SUBSCRIBE", "a");
        publishers[0].Ask("PUBLISH", "a", "1");
        world.Engines[0].Stall(true);
        publishers[0].Send("PUBLISH", "a", "2");
        world.Driver.Settle();
        goes.Close();
        world.Driver.Settle();
        publishers[1].Send("PUBLISH", "a", "3");
        world.Driver.Settle();

        world.Driver.Advance(PublishGate.LimitMs);
        world.Driver.Settle();
        Assert.Contains("UNSUBSCRIBE a", world.Engines[0].Received);
        Assert.DoesNotContain("PUBLISH a 3", world.Engines[0].Received);

        world.Driver.Advance(PublishGate.LimitMs);
        world.Driver.Settle();
        Assert.Contains("PUBLISH a 3", world.Engines[0].Received);
    }

    [Fact]
    public void Many_who_go_at_once_take_turns_with_who_publishes()
    {
        ProxyWorld world = World();
        MemoryClient[] go = [.. Enumerable.Range(0, 150).Select(_ => world.ConnectResp3())];
        MemoryClient publisher = world.Connect();
        Array.ForEach(go, static each => each.Ask("SUBSCRIBE", "a"));
        world.Engines[0].Stall(true);
        publisher.Send("PUBLISH", "a", "1");
        world.Driver.Settle();
        Array.ForEach(go, static each => each.Close());
        world.Driver.Settle();
        publisher.Send("PUBLISH", "a", "2");
        world.Driver.Settle();

        world.Engines[0].Stall(false);
        world.Driver.RunUntil(() => world.Engines[0].Received.Count(static each => each == "UNSUBSCRIBE a") == go.Length);
        string[] received = [.. world.Engines[0].Received.Where(static each => each is "UNSUBSCRIBE a" or "PUBLISH a 2")];
        Assert.Equal(64, Array.IndexOf(received, "PUBLISH a 2"));
    }

    [Fact]
    public void An_engine_that_ends_while_somebody_leaves_keeps_no_publisher_waiting()
    {
        ProxyWorld world = World();
        MemoryClient goes = world.ConnectResp3();
        MemoryClient publisher = world.Connect();
        goes.Ask("SUBSCRIBE", "a");
        publisher.Ask("PUBLISH", "a", "1");

        world.Engines[0].Stall(true);
        goes.Close();
        world.Driver.Settle();
        publisher.Send("PUBLISH", "a", "2");
        world.Driver.Settle();
        world.Engines[0].CutAll();
        world.Engines[0].Stall(false);
        Assert.Equal(":0\r\n", publisher.Next());
    }
}
