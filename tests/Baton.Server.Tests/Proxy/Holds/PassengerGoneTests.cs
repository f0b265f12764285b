using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Holds;

public sealed class PassengerGoneTests
{
    [Theory]
    [InlineData("WATCH k")]
    [InlineData("CLIENT TRACKING ON")]
    [InlineData("SUBSCRIBE k")]
    [InlineData("MONITOR")]
    [InlineData("BLPOP k 0")]
    public void A_client_that_goes_away_in_the_middle_of_a_switch_does_not_hold_it_up(string state)
    {
        ProxyWorld world = new();
        MemoryClient client = world.ConnectResp3();
        client.Send(state.Split(' '));
        world.Driver.Settle();
        IShardHold hold = world.Hold();
        FakeEngine next = world.Successor();
        Assert.True(hold.TryCommit());
        world.Driver.BlackHole(next.Address);

        Task switched = hold.SwitchAsync(world.TargetOf(next), CancellationToken.None);
        world.Driver.Settle();
        client.Close();
        world.Driver.Settle();
        world.Driver.BlackHole(next.Address, on: false);

        world.Driver.RunUntil(switched, limitMs: 1_000);
        world.Driver.RunUntil(hold.ReleaseAsync());
        Assert.Equal("+OK\r\n", world.Connect().Ask("SET", "k", "1"));
    }
}
