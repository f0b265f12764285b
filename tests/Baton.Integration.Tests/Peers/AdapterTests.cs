using Baton.Client.StackExchangeRedis;
using Baton.TestKit;
using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>
/// StackExchange.Redis with one line more: the endpoint moves under its whole load, subscription and transactions included. Without that line its
/// own handoff cuts transactions off and misses messages.
/// </summary>
public sealed class AdapterTests() : ProbedCluster("garnet")
{
    [Fact]
    public async Task nothing_fails_and_nothing_is_missed_while_the_endpoint_moves_again_and_again()
    {
        var host = await Process.HostAsync();
        await using var peer = await StackExchangePeer.StartAsync("baton-handoffs", host, Process.Port, subscribes: true, options => options.UseBatonHandoffs());
        var hosts = new List<string> { host };
        for (var move = 0; move < 3; move++)
        {
            hosts.Add(await GatherAsync());
        }

        var verdict = Assert.Single(await peer.StopAsync());
        Assert.True(hosts.Zip(hosts.Skip(1)).Count(pair => pair.First != pair.Second) >= 2, $"It moved too seldom: {string.Join(", ", hosts)}");
        Assert.True(verdict.IsClean && verdict.Reconnects == 0, $"{verdict}");
        Assert.False(verdict.KeptItsConnection, "It never left its first connection.");
        Assert.DoesNotContain(verdict.Notifications, note => note.Contains("cut off", StringComparison.Ordinal));
    }
}
