using System.Net;
using System.Text;
using Baton.Server.Engines;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Holds;
using Baton.TestKit.FakeEngine;
using Xunit;

namespace Baton.Server.Tests.Proxy.Holds;

public sealed class KeyClaimsTests
{
    private static readonly DatabaseKey Key = new(0, Encoding.ASCII.GetBytes("k"));

    [Fact]
    public void What_came_over_to_a_master_that_the_shard_has_left_since_is_behind_still()
    {
        KeyClaims claims = new();
        KeyClaim claim = claims.Add([Key], isOrdered: false);
        claims.BeginMove(Target(2));
        claims.BeginMove(Target(3));

        claims.Carried(claim, Target(2));
        Assert.True(claims.MustWait(Key, static () => { }));

        claims.Carried(claim, Target(3));
        Assert.False(claims.MustWait(Key, static () => { }));
        Assert.False(claims.AnyBehind);
    }

    private static ShardTarget Target(long instance) =>
        new(instance, new IPEndPoint(IPAddress.Loopback, 6000 + (int)instance), "secret", ProxyWorld.Redis);
}
