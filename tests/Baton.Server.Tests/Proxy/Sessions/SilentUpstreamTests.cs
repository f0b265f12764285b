using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

/// <summary>An engine that lives but says nothing on a connection: it is seen, and given up on demand.</summary>
public sealed class SilentUpstreamTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_silent_connection_is_given_up_its_commands_have_an_unknown_outcome_and_others_go_on()
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient client = world.Connect();
        client.Ask("SET", "k", "0");
        world.Engines[0].Stall(true);
        client.Send("INCR", "k").Send("INCR", "k");
        world.Driver.Advance(9_999);
        Assert.Equal(TimeSpan.FromMilliseconds(9_999), Silence(world).Longest);
        Assert.Equal(0, GiveUp(world));

        world.Driver.Advance(1);
        Assert.Equal(1, GiveUp(world));

        Assert.Contains("whether the command was executed is unknown", client.Next(), StringComparison.Ordinal);
        Assert.Contains("unknown", client.Next(), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, Silence(world).Longest);
        world.Engines[0].Stall(false);
        Assert.StartsWith(":", client.Ask("INCR", "k"), StringComparison.Ordinal);
        Assert.Equal(0, GiveUp(world));
    }

    [Fact]
    public void A_connection_of_one_sessions_own_is_given_up_too()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("WATCH", "k");
        world.Engines[0].Stall(true);
        client.Send("MULTI").Send("SET", "k", "1").Send("EXEC");
        world.Driver.Advance(10_000);

        Assert.Equal(1, GiveUp(world));

        Assert.Contains("unknown", client.Next(3)[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Who_waits_for_data_or_owes_nothing_is_not_silent()
    {
        ProxyWorld world = new();
        MemoryClient blocked = world.Connect();
        MemoryClient subscriber = world.Connect();
        MemoryClient idle = world.Connect();
        idle.Ask("SET", "k", "0");
        subscriber.Ask("SUBSCRIBE", "news");
        blocked.Send("BLPOP", "q", "0");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);

        world.Driver.Advance(60_000);

        Assert.Equal(TimeSpan.Zero, Silence(world).Longest);

        // The lane that was used is asked once what it is, a few seconds later.
        Assert.InRange(Silence(world).SinceHeard, TimeSpan.FromSeconds(54), TimeSpan.FromSeconds(61));
        Assert.Equal(0, GiveUp(world));
        idle.Send("RPUSH", "q", "v");
        Assert.Equal("*2\r\n$1\r\nq\r\n$1\r\nv\r\n", blocked.Next());
    }

    [Fact]
    public void Keys_are_recorded_only_when_what_was_sent_before_is_answered_and_that_is_waited_for_with_a_bound()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("SET", "k", "0");
        world.Engines[0].Stall(true);
        client.Send("INCR", "k");
        world.Driver.Settle();
        world.Plane.TapAttachLimit = TimeSpan.FromMilliseconds(50);

        Task attaching = world.Plane.AttachTapAsync(1);

        TimeoutException failed = Assert.Throws<TimeoutException>(() => world.Driver.RunUntil(attaching));
        Assert.Contains("TapAttachLimit", failed.Message, StringComparison.Ordinal);
    }

    private static ShardSilence Silence(ProxyWorld world) => world.Driver.RunUntil(world.Plane.SilenceAsync(1, InstanceOf(world)));

    private static int GiveUp(ProxyWorld world) => world.Driver.RunUntil(world.Plane.GiveUpSilentAsync(1, InstanceOf(world), Limit));

    private static long InstanceOf(ProxyWorld world) => world.Route.Shards[0].Target.InstanceId;
}
