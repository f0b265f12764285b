using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Holds;

public sealed class BlockedReissueTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(6, false)]
    [InlineData(7, false)]
    [InlineData(8, false)]
    public void Whoever_has_waited_longest_is_served_first_whichever_loop_it_lives_on(int seed, bool moves)
    {
        ProxyWorld world = new(seed, loops: 3);
        MemoryClient[] waiters = [.. Enumerable.Range(0, 9).Select(_ => world.Connect())];
        for (int i = 0; i < waiters.Length; i++)
        {
            waiters[i].Send(i % 3 == 2 ? ["BLPOP", "other", "q", "0"] : ["BLPOP", "q", "0"]);
            world.Driver.RunUntil(() => world.Engines[0].BlockedCount == i + 1);
        }

        if (moves)
        {
            world.Switch();
        }
        else
        {
            IShardHold hold = world.Hold();
            Assert.Equal(0, world.Engines[0].BlockedCount);
            world.Driver.RunUntil(hold.ReleaseAsync());
        }

        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == waiters.Length);
        world.Connect().Ask(["RPUSH", "q", .. Enumerable.Range(0, waiters.Length).Select(i => $"{i}")]);

        Assert.Equal(Enumerable.Range(0, waiters.Length).Select(i => $"{i}"), waiters.Select(waiter => waiter.Next().Split("\r\n")[4]));
    }

    [Fact]
    public void Commands_on_different_keys_need_no_word_of_the_engine()
    {
        ProxyWorld world = new(loops: 2);
        for (int i = 0; i < 6; i++)
        {
            world.Connect().Send("BLPOP", $"q{i}", "0");
        }

        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 6);

        FakeEngine next = world.Switch();

        world.Driver.RunUntil(() => next.BlockedCount == 6);
        Assert.DoesNotContain(next.Received, command => command.StartsWith("CLIENT LIST", StringComparison.Ordinal));
    }

    [Fact]
    public void A_second_hold_in_the_middle_of_putting_back_keeps_them_for_its_own_end()
    {
        ProxyWorld world = new(seed: 3, loops: 2);
        MemoryClient[] waiters = [.. Enumerable.Range(0, 4).Select(_ => world.Connect())];
        for (int i = 0; i < waiters.Length; i++)
        {
            waiters[i].Send("BLPOP", "q", "0");
            world.Driver.RunUntil(() => world.Engines[0].BlockedCount == i + 1);
        }

        for (int i = 0; i < 5; i++)
        {
            IShardHold hold = world.Hold();
            world.Driver.RunUntil(hold.ReleaseAsync());
        }

        FakeEngine next = world.Switch();
        world.Driver.RunUntil(() => next.BlockedCount == waiters.Length);
        world.Connect().Ask("RPUSH", "q", "0", "1", "2", "3");

        Assert.Equal(["0", "1", "2", "3"], waiters.Select(waiter => waiter.Next().Split("\r\n")[4]));
    }
}
