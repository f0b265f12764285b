using System.Collections.Concurrent;
using Baton.Protocol.Subscriptions;
using Xunit;

namespace Baton.Client.Tests.PubSub;

public sealed class SubscriptionTests
{
    private readonly ScriptedNetwork _network = new();
    private readonly ScriptedServer _server;

    public SubscriptionTests() => _server = _network.At("10.0.0.1");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_of_every_kind_arrive_in_order(bool resp2)
    {
        _server.SpeaksResp2 = resp2;
        await using var redis = await _network.ConnectAsync();
        await using var plain = await redis.SubscribeAsync("news");
        await using var pattern = await redis.SubscribePatternAsync("ne*");
        await using var sharded = await redis.SubscribeShardedAsync("news");

        _server.Publish("news", "1");
        _server.Publish("next", "2");
        _server.Publish("news", "3");

        Assert.Equal(["1", "3"], await plain.TextsAsync(2));
        Assert.Equal(["1", "3"], await sharded.TextsAsync(2));
        var matched = await pattern.TakeAsync(3);
        Assert.Equal(["news: 1", "next: 2", "news: 3"], matched.Select(static message => message.ToString()));
        Assert.All(matched, static message => Assert.Equal("ne*", message.Pattern.ToString()));
        Assert.All(matched, static message => Assert.False(message.FollowsGap));
    }

    [Fact]
    public async Task Subscribing_completes_when_the_server_has_confirmed()
    {
        _server.HoldsConfirmations = true;
        await using var redis = await _network.ConnectAsync();

        var subscribing = redis.SubscribeAsync("news").AsTask();
        await Soon.TrueAsync(() => _server.Commands.Contains("PING"), "SUBSCRIBE and PING");

        Assert.False(subscribing.IsCompleted);
        _server.Confirm();
        await (await subscribing).DisposeAsync();
    }

    [Fact]
    public async Task A_subscription_can_be_read_at_once_and_ends_with_the_loop()
    {
        await using var redis = await _network.ConnectAsync();
        var texts = new List<string>();
        var published = Soon.TrueAsync(() => _server.Subscriber is not null, "SUBSCRIBE").ContinueWith(
            _ => _network.Publish("news", "1"), TaskScheduler.Default);

        await foreach (var message in redis.SubscribeAsync("news"))
        {
            texts.Add(message.Text);
            break;
        }

        await published;
        Assert.Equal(["1"], texts);
        await Soon.TrueAsync(() => _server.Commands.Contains("UNSUBSCRIBE news"), "UNSUBSCRIBE");
    }

    [Fact]
    public async Task Subscriptions_to_one_channel_share_it_at_the_server()
    {
        await using var redis = await _network.ConnectAsync();
        var one = await redis.SubscribeAsync("news");
        var two = await redis.SubscribeAsync("news");
        _server.Publish("news", "1");

        Assert.Equal(["1"], await one.TextsAsync(1));
        await one.DisposeAsync();
        _server.Publish("news", "2");

        Assert.Equal(["1", "2"], await two.TextsAsync(2));
        Assert.Single(_server.Commands, "SUBSCRIBE news");
        Assert.DoesNotContain("UNSUBSCRIBE news", _server.Commands);
        await two.DisposeAsync();
        await Soon.TrueAsync(() => _server.Commands.Contains("UNSUBSCRIBE news"), "UNSUBSCRIBE");
        await using var three = await redis.SubscribeAsync("news");
        Assert.Equal(2, _server.Commands.Count(static command => command == "SUBSCRIBE news"));
    }

    [Fact]
    public async Task A_refusal_is_the_callers_error_and_the_connection_goes_on()
    {
        _server.Answer = static (_, arguments) => arguments is ["SUBSCRIBE", "secret"] ? "-NOPERM No permissions to access a channel\r\n" : null;
        await using var redis = await _network.ConnectAsync();

        var refused = await Assert.ThrowsAsync<RedisServerException>(() => redis.SubscribeAsync("secret").AsTask());
        await using var news = await redis.SubscribeAsync("news");
        _server.Publish("news", "1");

        Assert.Equal("NOPERM", refused.Code);
        Assert.Equal(["1"], await news.TextsAsync(1));
    }

    [Fact]
    public async Task A_user_who_may_not_ping_can_subscribe()
    {
        _server.Answer = static (connection, arguments) => arguments is ["PING"] && connection.Topics.Count > 0
            ? "-NOPERM User u has no permissions to run the 'ping' command\r\n" : null;
        await using var redis = await _network.ConnectAsync();

        await using var news = await redis.SubscribeAsync("news");
        _server.Publish("news", "1");

        Assert.Equal(["1"], await news.TextsAsync(1));
    }

    [Fact]
    public async Task Waiting_for_a_confirmation_has_the_limit_of_a_command_and_a_token()
    {
        _server.HoldsConfirmations = true;
        await using var redis = await _network.ConnectAsync();
        using var cancellation = new CancellationTokenSource();

        var late = redis.SubscribeAsync("late").AsTask();
        var cancelled = redis.SubscribeAsync("cancelled", cancellation.Token).AsTask();
        await Soon.TrueAsync(() => _server.Subscriber?.Topics.Count == 2, "SUBSCRIBE");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await Assert.ThrowsAsync<RedisTimeoutException>(() => Soon.DoneAsync(late, _network.Time));

        await Soon.TrueAsync(() => _server.Commands.Contains("UNSUBSCRIBE late"), "UNSUBSCRIBE");
    }

    [Fact]
    public async Task After_an_unannounced_end_everything_is_subscribed_again_with_a_gap()
    {
        await using var redis = await _network.ConnectAsync();
        await using var news = await redis.SubscribeAsync(SubscriptionKind.Channel, ["a", "b"]);
        var gaps = new ConcurrentQueue<SubscriptionGapReason>();
        news.Gap += (_, gap) => gaps.Enqueue(gap.Reason);
        _server.Publish("a", "1");
        Assert.Equal(["1"], await news.TextsAsync(1));

        _server.Cut(_server.Subscriber);
        await Soon.TrueAsync(() => !gaps.IsEmpty, "the gap", _network.Time);
        _server.Publish("b", "2");
        _server.Publish("a", "3");

        var messages = await news.TakeAsync(2);
        Assert.Equal(["2", "3"], messages.Select(static message => message.Text));
        Assert.Equal([true, false], messages.Select(static message => message.FollowsGap));
        Assert.Equal([SubscriptionGapReason.ConnectionLost], gaps);
    }

    [Fact]
    public async Task What_the_server_ends_by_itself_is_asked_for_again_with_a_gap()
    {
        await using var redis = await _network.ConnectAsync();
        await using var orders = await redis.SubscribeShardedAsync("orders");
        var gap = new TaskCompletionSource<SubscriptionGapReason>();
        orders.Gap += (_, told) => gap.TrySetResult(told.Reason);

        var connection = _server.Subscriber!;
        connection.Topics.Clear();
        connection.Send(connection.Push("sunsubscribe", "orders", 0));

        Assert.Equal(SubscriptionGapReason.UnsubscribedByServer, await gap.Task.WaitAsync(Soon.Limit));
        _server.Publish("orders", "1");
        Assert.True((await orders.TakeAsync(1))[0].FollowsGap);
    }

    [Fact]
    public async Task A_subscription_the_server_does_not_take_back_ends_with_the_reason()
    {
        await using var redis = await _network.ConnectAsync();
        await using var orders = await redis.SubscribeShardedAsync("orders");
        _server.Answer = static (_, arguments) => arguments[0] == "SSUBSCRIBE" ? "-MOVED 1 10.0.0.9:6379\r\n" : null;

        var connection = _server.Subscriber!;
        connection.Topics.Clear();
        connection.Send(connection.Push("sunsubscribe", "orders", 0));

        var ended = await Assert.ThrowsAsync<RedisSubscriptionEndedException>(() => orders.TakeAsync(1));
        Assert.Equal(SubscriptionEndReason.Refused, ended.Reason);
    }

    [Fact]
    public async Task A_full_queue_drops_the_oldest_and_has_a_gap()
    {
        await using var redis = await _network.ConnectAsync();
        await using var news = await redis.SubscribeAsync(SubscriptionKind.Channel, ["news"], new RedisSubscriptionOptions { QueueLimit = 3 });
        var gap = new TaskCompletionSource<SubscriptionGapReason>();
        news.Gap += (_, told) => gap.TrySetResult(told.Reason);

        for (var number = 1; number <= 5; number++)
        {
            _server.Publish("news", $"{number}");
        }

        await Soon.TrueAsync(() => news.Dropped == 2, "two dropped");
        var messages = await news.TakeAsync(3);
        Assert.Equal(["3", "4", "5"], messages.Select(static message => message.Text));
        Assert.Equal([true, false, false], messages.Select(static message => message.FollowsGap));
        Assert.Equal(SubscriptionGapReason.QueueFull, await gap.Task.WaitAsync(Soon.Limit));
    }

    [Fact]
    public async Task A_full_queue_ends_the_subscription_where_that_is_wanted()
    {
        await using var redis = await _network.ConnectAsync();
        var options = new RedisSubscriptionOptions { QueueLimit = 2, WhenFull = SubscriptionQueuePolicy.End };
        await using var news = await redis.SubscribeAsync(SubscriptionKind.Channel, ["news"], options);

        for (var number = 1; number <= 3; number++)
        {
            _server.Publish("news", $"{number}");
        }

        await Soon.TrueAsync(() => _server.Commands.Contains("UNSUBSCRIBE news"), "UNSUBSCRIBE");
        Assert.Equal(["1", "2"], await news.TextsAsync(2));
        Assert.Equal(SubscriptionEndReason.QueueFull, (await Assert.ThrowsAsync<RedisSubscriptionEndedException>(() => news.TakeAsync(1))).Reason);
    }

    [Fact]
    public async Task Callbacks_run_one_after_another_and_may_fail()
    {
        await using var redis = await _network.ConnectAsync();
        var seen = new ConcurrentQueue<string>();
        var failed = new ConcurrentQueue<string>();
        var running = 0;
        await using var news = await redis.SubscribeAsync("news", async message =>
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            await Task.Yield();
            seen.Enqueue(message.Text);
            Interlocked.Decrement(ref running);
            if (message.Text == "2")
            {
                throw new InvalidOperationException("two");
            }
        });
        news.CallbackFailed += (_, told) => failed.Enqueue($"{told.Message!.Text} {told.Error.Message}");

        for (var number = 1; number <= 100; number++)
        {
            _server.Publish("news", $"{number}");
        }

        await Soon.TrueAsync(() => seen.Count == 100 && !failed.IsEmpty, "all callbacks");
        Assert.Equal(Enumerable.Range(1, 100).Select(static number => $"{number}"), seen);
        Assert.Equal(["2 two"], failed);
    }

    [Fact]
    public async Task Disposing_the_client_ends_subscriptions_with_the_reason()
    {
        var redis = await _network.ConnectAsync();
        var news = await redis.SubscribeAsync("news");

        await redis.DisposeAsync();

        Assert.Equal(SubscriptionEndReason.ClientDisposed, (await Assert.ThrowsAsync<RedisSubscriptionEndedException>(() => news.TakeAsync(1))).Reason);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => redis.SubscribeAsync("news").AsTask());
    }

    [Fact]
    public async Task A_cancelled_reader_takes_no_message_with_it()
    {
        await using var redis = await _network.ConnectAsync();
        await using var news = await redis.SubscribeAsync("news");
        await using var witness = await redis.SubscribeAsync("news");
        using var cancellation = new CancellationTokenSource();
        _server.Publish("news", "1");
        _server.Publish("news", "2");
        await witness.TakeAsync(2);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var message in news.WithCancellation(cancellation.Token))
            {
                Assert.Equal("1", message.Text);
                await cancellation.CancelAsync();
            }
        });

        Assert.Equal(["2"], await news.TextsAsync(1));
    }

    [Fact]
    public async Task Disposing_a_subscription_ends_its_reader()
    {
        await using var redis = await _network.ConnectAsync();
        var news = await redis.SubscribeAsync("news");
        _server.Publish("news", "1");
        Assert.Equal(["1"], await news.TextsAsync(1));
        var reading = news.TakeAsync(1);

        await news.DisposeAsync();

        Assert.Empty(await reading.WaitAsync(Soon.Limit));
    }
}
