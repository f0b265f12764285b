using Baton.TestKit;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>Keyspace events that an engine makes by itself, while the shard is switched: each once.</summary>
[Collection(RedisSwitchingCollection.Name)]
public sealed class RedisEventTests(RedisSwitchingCluster cluster)
{
    private const int Batch = 50;
    private static readonly TimeSpan BatchPace = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LastEventLimit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task every_key_expires_once_for_a_subscriber_through_five_switches()
    {
        await using var subscriber = await cluster.ConnectAsync(resp3: true);
        await using var writer = await cluster.ConnectAsync();
        await writer.ExpectAsync('+', "CONFIG", "SET", "notify-keyspace-events", "Ex");
        await subscriber.CallAsync("SUBSCRIBE", "__keyevent@0__:expired");
        var switches = SwitchFiveTimesAsync();
        using var pace = new PeriodicTimer(BatchPace);
        var written = 0;
        for (var after = 0; after < 20; after += switches.IsCompleted ? 1 : 0)
        {
            // Each batch expires over the next half second, so that there is something to expire at every moment of a switch.
            var commands = Enumerable.Range(0, Batch).Select(i => new[] { "SET", $"expiring:{written++}", "v", "PX", $"{1 + (i * 10)}" }).ToArray();
            var replies = await Task.WhenAll(writer.SendAll(commands)).WaitAsync(RawConnection.Limit);
            Assert.All(replies, reply => Assert.False(reply.IsError, reply.ToString()));
            await pace.WaitForNextTickAsync();
        }

        await switches;
        await Eventually.TrueAsync(
            () => subscriber.Pushes.Count >= written, LastEventLimit, "an event for each key", () => $"{subscriber.Pushes.Count} of {written}");
        await subscriber.CallAsync("PING");
        var events = subscriber.Pushes.Select(push => push.Frame.Items![^1].Text!).ToList();
        Assert.Empty(Enumerable.Range(0, written).Select(number => $"expiring:{number}").Except(events));
        Assert.Equal(written, events.Count);
    }

    private async Task SwitchFiveTimesAsync()
    {
        foreach (var operation in (string[])["migrate", "failover", "migrate", "failover", "migrate"])
        {
            await cluster.SwitchAsync(operation);
        }
    }
}
