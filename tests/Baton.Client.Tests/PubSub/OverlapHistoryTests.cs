using System.Collections.Concurrent;
using Baton.Protocol.Subscriptions;
using Xunit;

namespace Baton.Client.Tests.PubSub;

/// <summary>Random histories: publishing, moving there and back, and what reaches the client when, in any order.</summary>
public sealed class OverlapHistoryTests
{
    private const int Histories = 60;
    private const int Steps = 300;
    private static readonly string[] Channels = ["a", "b", "pc", "pd"];

    [Fact]
    public async Task Nothing_is_lost_doubled_or_out_of_order()
    {
        var first = Environment.TickCount & 0xFFFF;
        for (var seed = first; seed < first + Histories; seed++)
        {
            await RunAsync(seed);
        }
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        var network = new ScriptedNetwork();
        ScriptedServer[] servers = [network.At("10.0.0.1"), network.At("10.0.0.2")];
        await using var redis = await network.ConnectAsync();
        await using var plain = await redis.SubscribeAsync(SubscriptionKind.Channel, ["a", "b"]);
        await using var pattern = await redis.SubscribePatternAsync("p*");
        var gaps = new ConcurrentQueue<SubscriptionGapReason>();
        plain.Gap += (_, gap) => gaps.Enqueue(gap.Reason);
        Array.ForEach(servers, static server => server.HoldsOutput = true);
        var published = Channels.ToDictionary(static channel => channel, static _ => new List<string>());
        var (place, sequence) = (0, 0);

        for (var step = 0; step < Steps; step++)
        {
            switch (random.Next(10))
            {
                case < 4:
                    var channel = Channels[random.Next(Channels.Length)];
                    published[channel].Add($"{published[channel].Count}");
                    network.Publish(channel, published[channel][^1]);
                    break;
                case 4 when random.Next(6) == 0 && servers[1 - place].Subscriber is null && servers[place].Subscriber is not null:
                    servers[place].Move(++sequence, 0, servers[1 - place].Address.Address.ToString());
                    place = 1 - place;
                    break;
                case 5:
                    await Task.Delay(1);
                    break;
                default:
                    foreach (var connection in servers[random.Next(2)].Open)
                    {
                        connection.Release(random.Next(1, 5));
                    }

                    break;
            }
        }

        await Soon.TrueAsync(
            () => servers[place].Subscriber is not null && servers[1 - place].Subscriber is null,
            $"the last handoff, seed {seed}",
            () => Array.ForEach([.. servers.SelectMany(static server => server.Open)], static connection => connection.Release(int.MaxValue)));
        Array.ForEach([.. servers.SelectMany(static server => server.Open)], static connection => connection.Release(int.MaxValue));
        Array.ForEach(servers, static server => server.HoldsOutput = false);
        foreach (var channel in Channels)
        {
            network.Publish(channel, "end");
            published[channel].Add("end");
        }

        var messages = await plain.TakeAsync(published["a"].Count + published["b"].Count);
        messages.AddRange(await pattern.TakeAsync(published["pc"].Count + published["pd"].Count));
        foreach (var channel in Channels)
        {
            var texts = messages.Where(message => message.Channel == channel).Select(static message => message.Text);
            Assert.True(published[channel].SequenceEqual(texts), $"seed {seed}, {channel}: {string.Join(' ', texts)}");
        }

        Assert.True(gaps.IsEmpty, $"seed {seed}: {string.Join(' ', gaps)}");
    }
}
