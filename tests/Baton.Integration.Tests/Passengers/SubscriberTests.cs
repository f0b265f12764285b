using Baton.TestKit;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>Subscribers under load while the shard is switched: nothing lost, doubled or out of order, no connection lost.</summary>
public abstract class SubscriberTests(SwitchingCluster cluster)
{
    private const int Batch = 20;
    private static readonly TimeSpan BatchPace = TimeSpan.FromMilliseconds(10); // 2 000 messages a second
    private static readonly TimeSpan LastMessageLimit = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData("SUBSCRIBE")]
    [InlineData("PSUBSCRIBE")]
    [InlineData("SSUBSCRIBE")]
    public async Task subscribers_of_both_protocols_get_every_message_once_and_in_order(string kind)
    {
        Assert.SkipWhen(kind == "SSUBSCRIBE" && !cluster.IsRedis, "The embedded engine has no sharded pub/sub.");
        var channel = $"channel:{kind}";
        await using var second = await SubscribeAsync(kind, channel, resp3: false);
        await using var third = await SubscribeAsync(kind, channel, resp3: true);
        await using var publisher = await cluster.ConnectAsync();
        var published = await PublishDuringAsync(
            publisher, kind == "SSUBSCRIBE" ? "SPUBLISH" : "PUBLISH", channel, cluster.SwitchInEveryWayAsync());
        foreach (var subscriber in new[] { second, third })
        {
            await Eventually.TrueAsync(
                () => subscriber.Pushes.Count >= published, LastMessageLimit, "all messages", () =>
                    $"{subscriber.Pushes.Count} of {published}");
            Assert.Null(subscriber.Closed);
            var numbers = subscriber.Pushes.Select(push => long.Parse(push.Frame.Items![^1].Text!));
            Assert.Equal(Enumerable.Range(1, (int)published).Select(number => (long)number), numbers);
        }
    }

    [Fact]
    public async Task a_subscription_changed_after_the_switch_works_on_the_new_master()
    {
        await using var subscriber = await SubscribeAsync("SUBSCRIBE", "old-channel", resp3: true);
        await using var publisher = await cluster.ConnectAsync();
        await cluster.SwitchAsync("migrate");
        await subscriber.CallAsync("SUBSCRIBE", "new-channel");
        await subscriber.CallAsync("UNSUBSCRIBE", "old-channel");
        Assert.Equal(0, (await publisher.ExpectAsync(':', "PUBLISH", "old-channel", "x")).Integer);
        Assert.Equal(1, (await publisher.ExpectAsync(':', "PUBLISH", "new-channel", "y")).Integer);
        await subscriber.PushAsync(frame => frame.Items![^1].Text == "y", "y");
        Assert.Single(subscriber.Pushes);
    }

    [Theory]
    [InlineData("SUBSCRIBE", false)]
    [InlineData("PSUBSCRIBE", false)]
    [InlineData("PSUBSCRIBE", true)]
    public async Task who_leaves_takes_no_message_away_from_who_stays(string kind, bool unsubscribes)
    {
        var channel = $"leaving:{kind}:{unsubscribes}";
        await using var publisher = await cluster.ConnectAsync();
        var publishing = PublishDuringAsync(publisher, "PUBLISH", channel, ChangeOverAsync(kind, channel, unsubscribes));
        Assert.True(await publishing > 0);
    }

    /// <summary>Six listen at any time; 150 times one more comes and the one that has listened longest leaves. Nobody misses one in the middle.</summary>
    private async Task ChangeOverAsync(string kind, string channel, bool unsubscribes)
    {
        var listening = new Queue<RawConnection>();
        for (var i = 0; i < 156; i++)
        {
            listening.Enqueue(await SubscribeAsync(kind, channel, resp3: true));
            if (listening.Count > 6)
            {
                await using var leaving = listening.Dequeue();
                if (unsubscribes)
                {
                    await leaving.CallAsync("PUNSUBSCRIBE");
                }

                AssertNoneIsMissing(leaving);
            }
        }

        foreach (var each in listening)
        {
            AssertNoneIsMissing(each);
            await each.DisposeAsync();
        }
    }

    private static void AssertNoneIsMissing(RawConnection subscriber)
    {
        var numbers = subscriber.Pushes.Select(push => long.Parse(push.Frame.Items![^1].Text!)).ToList();
        Assert.Equal(Enumerable.Range(0, numbers.Count).Select(i => numbers[0] + i), numbers);
    }

    private static async Task<long> PublishDuringAsync(RawConnection publisher, string command, string channel, Task switches)
    {
        using var pace = new PeriodicTimer(BatchPace);
        long published = 0;
        for (var after = 0; after < 20; after += switches.IsCompleted ? 1 : 0)
        {
            var batch = Enumerable.Range(0, Batch).Select(_ => new[] { command, channel, $"{++published}" }).ToArray();
            var replies = await Task.WhenAll(publisher.SendAll(batch)).Within(RawConnection.Limit);
            Assert.All(replies, reply => Assert.False(reply.IsError, reply.ToString()));
            await pace.WaitForNextTickAsync();
        }

        await switches;
        return published;
    }

    private async Task<RawConnection> SubscribeAsync(string kind, string channel, bool resp3)
    {
        var connection = await cluster.ConnectAsync(resp3);
        connection.MessagesAreArrays = !resp3;
        var reply = await connection.CallAsync(kind, kind == "PSUBSCRIBE" ? channel[..^2] + "*" : channel);
        Assert.False(reply.IsError, reply.ToString());
        return connection;
    }
}
