using System.Collections.Concurrent;
using Baton.Client.Tests.Kit;
using Baton.Protocol.Subscriptions;
using Xunit;

namespace Baton.Client.Tests.PubSub;

public sealed class LiveSubscriptionTests
{
    private const int Messages = 4000;

    [Theory]
    [InlineData(RedisProtocol.Resp3)]
    [InlineData(RedisProtocol.Resp2)]
    public async Task A_real_server_delivers_every_kind(RedisProtocol protocol)
    {
        await using var server = await PlainRedis.StartAsync();
        await using var redis = await server.ConnectAsync(options => options with { Protocol = protocol });
        await using var plain = await redis.SubscribeAsync("news");
        await using var pattern = await redis.SubscribePatternAsync("n*");
        await using var sharded = await redis.SubscribeShardedAsync("news");

        Assert.Equal(2, await redis.ExecuteAsync<long>($"PUBLISH {"news"} {"1"}"));
        Assert.Equal(1, await redis.ExecuteAsync<long>($"SPUBLISH {"news"} {"2"}"));

        Assert.Equal(["1"], await plain.TextsAsync(1));
        Assert.Equal(["1"], await pattern.TextsAsync(1));
        Assert.Equal(["2"], await sharded.TextsAsync(1));
        await plain.DisposeAsync();
        await Soon.TrueAsync(() => redis.ExecuteAsync<long>($"PUBLISH {"news"} {"3"}").AsTask().GetAwaiter().GetResult() == 1, "UNSUBSCRIBE");
        Assert.Equal("3", (await pattern.TextsAsync(1))[0]);
    }

    [Fact]
    public async Task A_killed_connection_is_made_again_with_a_gap()
    {
        await using var server = await PlainRedis.StartAsync();
        await using var redis = await server.ConnectAsync();
        await using var news = await redis.SubscribeAsync("news");
        var gap = new TaskCompletionSource<SubscriptionGapReason>();
        news.Gap += (_, told) => gap.TrySetResult(told.Reason);

        await redis.ExecuteAsync<long>($"CLIENT KILL TYPE PUBSUB");

        Assert.Equal(SubscriptionGapReason.ConnectionLost, await gap.Task.WaitAsync(Soon.Limit));
        await redis.ExecuteAsync<long>($"PUBLISH {"news"} {"1"}");
        Assert.Equal(["1"], await news.TextsAsync(1));
    }

    [Fact]
    public async Task From_a_master_to_its_replica_nothing_is_lost_or_doubled()
    {
        await using var master = await PlainRedis.StartAsync();
        await using var replica = await PlainRedis.StartAsync("--replicaof", "127.0.0.1", $"{master.Port}", "--repl-diskless-sync-delay", "0");
        await using var watch = await replica.ConnectAsync();
        await Soon.TrueAsync(
            () => watch.ExecuteAsync<string>($"INFO replication").AsTask().GetAwaiter().GetResult()!.Contains("master_link_status:up", StringComparison.Ordinal),
            "replication");

        await MoveUnderLoadAsync(master, [(1000, master.Port, replica.Port)]);
    }

    [Fact]
    public async Task There_and_back_between_two_ports_of_one_server_nothing_is_lost_or_doubled()
    {
        await using var server = await PlainRedis.StartAsync();
        await using var other = new HandoffRelay(server.Address, "127.0.0.1", TimeProvider.System);
        other.Settings = new RelaySettings { AcceptsOptIn = false };

        await MoveUnderLoadAsync(server, [(500, server.Port, other.Address.Port), (1500, other.Address.Port, server.Port), (2500, server.Port, other.Address.Port)]);
    }

    private static async Task MoveUnderLoadAsync(PlainRedis server, (int At, int From, int To)[] moves)
    {
        var transports = new InjectingTransports();
        await using var publisher = await server.ConnectAsync();
        await using var redis = await server.ConnectAsync(options => options with { Transports = transports });
        var options = new RedisSubscriptionOptions { QueueLimit = 1_000_000 };
        await using var news = await redis.SubscribeAsync(SubscriptionKind.Channel, ["news"], options);
        var gaps = new ConcurrentQueue<SubscriptionGapReason>();
        news.Gap += (_, gap) => gaps.Enqueue(gap.Reason);

        // The client's other connection stays where it is: nothing comes on it, so nothing is injected.
        bool HasLeft(int port) => transports.OpenTo(port) <= (port == server.Port ? 1 : 0);
        var (next, last) = (0, 0);
        while (last < Messages || next < moves.Length || !HasLeft(moves[^1].From))
        {
            if (next < moves.Length && last >= moves[next].At && (next == 0 || HasLeft(moves[next - 1].From)))
            {
                var (_, from, to) = moves[next++];
                transports.Inject(from, $">4\r\n+MOVING\r\n:{next}\r\n:1\r\n+127.0.0.1:{to}\r\n");
            }

            await publisher.ExecuteAsync<long>($"PUBLISH {"news"} {last++}");
        }

        Assert.Equal(Enumerable.Range(0, last).Select(static number => $"{number}"), await news.TextsAsync(last));
        Assert.Empty(gaps);
    }
}
