using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Holds;

/// <summary>Messages are published at random moments of moves, made ready before or not, to a target that hears its source or not.</summary>
public sealed class MessageSeamTests
{
    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Each_message_comes_once_and_in_order(int seed)
    {
        Random random = new(seed);
        bool hearsSource = seed % 2 == 0;
        ProxyWorld world = new(seed, loops: random.Next(1, 4));
        world.Driver.MaxChunk = random.Next(3) == 0 ? 7 : int.MaxValue;
        MemoryClient[] subscribers = [.. Enumerable.Range(0, 6).Select(i => i % 2 == 0 ? world.Connect() : world.ConnectResp3())];
        for (int i = 0; i < subscribers.Length; i++)
        {
            subscribers[i].Ask(i % 3 == 0 ? "PSUBSCRIBE" : i % 3 == 1 ? "SUBSCRIBE" : "SSUBSCRIBE", i % 3 == 0 ? "ne*" : "news");
        }

        MemoryClient publisher = world.Connect();
        int sent = 0;
        for (int move = 0; move < 4; move++)
        {
            (FakeEngine next, ShardTarget target) = world.Follower(hearsSource: hearsSource);
            Publish();
            Task ready = world.Plane.MakeReadyAsync(1, target, hearsSource);
            Publish();
            if (random.Next(4) > 0)
            {
                world.Driver.RunUntil(ready);
            }

            Publish();
            Task<IShardHold> closing = world.Plane.HoldAsync(1, TimeSpan.FromMilliseconds(500), CancellationToken.None);
            Publish();
            IShardHold hold = world.Driver.RunUntil(closing);
            Publish();
            world.SwitchTo(hold, next, target);
            Publish();
            Task released = hold.ReleaseAsync();
            Publish();
            world.Driver.RunUntil(released);
            Publish();
            world.Driver.RunUntil(hold.Carried);
        }

        for (int i = 0; i < subscribers.Length; i++)
        {
            IEnumerable<string> came = subscribers[i].Next(sent).Select(static frame => frame.Split("\r\n")[^2]);
            Assert.True(Enumerable.Range(0, sent).Select(static n => $"{n}").SequenceEqual(came), $"seed {seed}, subscriber {i}");
        }

        world.Driver.Settle();
        Assert.All(subscribers, static subscriber => Assert.Empty(subscriber.Frames));

        void Publish()
        {
            for (int i = random.Next(6); i > 0; i--)
            {
                publisher.Send("PUBLISH", "news", $"{sent}").Send("SPUBLISH", "news", $"{sent++}");
                if (random.Next(3) == 0)
                {
                    world.Driver.Advance(random.Next(2));
                }
            }
        }
    }

    [Fact]
    public void A_target_that_is_given_up_is_forgotten_and_the_next_one_made_ready()
    {
        ProxyWorld world = new();
        MemoryClient subscriber = world.Connect();
        subscriber.Ask("SUBSCRIBE", "news");
        (FakeEngine abandoned, ShardTarget first) = world.Follower();
        world.Driver.RunUntil(world.Plane.MakeReadyAsync(1, first, hearsSource: true));
        abandoned.Dispose();
        abandoned.CutAll();
        world.Driver.Settle();

        (FakeEngine next, ShardTarget target) = world.Follower();
        world.Driver.RunUntil(world.Plane.MakeReadyAsync(1, target, hearsSource: true));
        IShardHold hold = world.Hold();
        world.SwitchTo(hold, next, target);
        world.Driver.RunUntil(hold.ReleaseAsync());

        Assert.Equal(":1\r\n", world.Connect().Ask("PUBLISH", "news", "m"));
        Assert.Equal("*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\nm\r\n", subscriber.Next());
    }

    [Fact]
    public void Who_changes_its_subscriptions_after_it_was_made_ready_misses_nothing()
    {
        ProxyWorld world = new();
        MemoryClient subscriber = world.Connect();
        subscriber.Ask("SUBSCRIBE", "news");
        (FakeEngine next, ShardTarget target) = world.Follower();
        world.Driver.RunUntil(world.Plane.MakeReadyAsync(1, target, hearsSource: true));
        subscriber.Ask("SUBSCRIBE", "more");
        MemoryClient publisher = world.Connect();
        publisher.Ask("PUBLISH", "more", "0");

        IShardHold hold = world.Hold();
        world.SwitchTo(hold, next, target);
        publisher.Send("PUBLISH", "more", "1").Send("PUBLISH", "news", "2");
        world.Driver.RunUntil(hold.ReleaseAsync());

        Assert.Equal(["0", "1", "2"], subscriber.Next(3).Select(static frame => frame.Split("\r\n")[^2]));
    }
}
