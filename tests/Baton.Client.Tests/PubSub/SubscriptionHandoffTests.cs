using System.Collections.Concurrent;
using Baton.Protocol.Subscriptions;
using Xunit;

namespace Baton.Client.Tests.PubSub;

public sealed class SubscriptionHandoffTests
{
    private readonly ScriptedNetwork _network = new();
    private readonly ScriptedServer _old;
    private readonly ScriptedServer _new;
    private readonly ConcurrentQueue<SubscriptionGapReason> _gaps = new();

    public SubscriptionHandoffTests() => (_old, _new) = (_network.At("10.0.0.1"), _network.At("10.0.0.2"));

    [Fact]
    public async Task Messages_that_came_over_both_are_delivered_once()
    {
        await using var redis = await _network.ConnectAsync();
        await using var news = await SubscribeAsync(redis, "news");
        _network.Publish("news", "1");
        _new.HoldsConfirmations = true;
        _old.Move(1, 0, "10.0.0.2");

        await Soon.TrueAsync(() => _new.Subscriber is not null, "SUBSCRIBE on the new one");
        _network.Publish("news", "2");
        _network.Publish("news", "3");
        _new.Confirm();
        await Soon.TrueAsync(() => _old.Subscriber is null, "the end of the old connection");
        _network.Publish("news", "4");

        Assert.Equal(["1", "2", "3", "4"], await news.TextsAsync(4));
        Assert.Empty(_gaps);
    }

    [Fact]
    public async Task Slow_confirmations_keep_the_old_connection_serving()
    {
        _new.HoldsConfirmations = true;
        await using var redis = await _network.ConnectAsync();
        await using var news = await SubscribeAsync(redis, "news");

        _old.Move(1, 0, "10.0.0.2");
        await Soon.TrueAsync(() => _new.Subscriber is not null, "SUBSCRIBE on the new one");
        _network.Publish("news", "1");
        Assert.Equal(["1"], await news.TextsAsync(1));
        Assert.NotNull(_old.Subscriber);
        _new.Confirm();
        await Soon.TrueAsync(() => _old.Subscriber is null, "the end of the old connection");
        _network.Publish("news", "2");

        Assert.Equal(["2"], await news.TextsAsync(1));
        Assert.Empty(_gaps);
    }

    [Fact]
    public async Task Subscribing_and_unsubscribing_meanwhile_reaches_both()
    {
        _new.HoldsConfirmations = true;
        await using var redis = await _network.ConnectAsync();
        await using var news = await SubscribeAsync(redis, "news");
        var gone = await redis.SubscribeAsync("gone");
        _old.Move(1, 0, "10.0.0.2");
        await Soon.TrueAsync(() => _new.Subscriber?.Topics.Count == 2, "SUBSCRIBE on the new one");

        await gone.DisposeAsync();
        await using var late = await redis.SubscribeAsync("late");
        await Soon.TrueAsync(() => _new.Subscriber!.Topics.SetEquals(["c:news", "c:late"]), "the same on the new one");
        _new.Confirm();
        await Soon.TrueAsync(() => _old.Subscriber is null, "the end of the old connection");
        _network.Publish("late", "1");

        Assert.Equal(["1"], await late.TextsAsync(1));
        Assert.Empty(_gaps);
    }

    [Fact]
    public async Task A_thousand_channels_move()
    {
        await using var redis = await _network.ConnectAsync();
        RedisKey[] names = [.. Enumerable.Range(0, 1000).Select(static number => (RedisKey)$"c{number}")];
        await using var all = await redis.SubscribeAsync(SubscriptionKind.Channel, names);
        all.Gap += (_, gap) => _gaps.Enqueue(gap.Reason);

        _old.Move(1, 0, "10.0.0.2");
        for (var number = 0; number < 1000; number++)
        {
            _network.Publish($"c{number}", $"{number}");
        }

        await Soon.TrueAsync(() => _old.Subscriber is null && _new.Subscriber is not null, "the handoff");
        Assert.Equal(Enumerable.Range(0, 1000).Select(static number => $"{number}"), await all.TextsAsync(1000));
        _network.Publish("c7", "again");
        Assert.Equal(["again"], await all.TextsAsync(1));
        Assert.Empty(_gaps);
        Assert.Equal(4, _new.Commands.Count(static command => command.StartsWith("SUBSCRIBE", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task While_the_new_place_cannot_be_reached_the_old_one_serves()
    {
        _new.IsAway = true;
        await using var redis = await _network.ConnectAsync();
        await using var news = await SubscribeAsync(redis, "news");

        _old.Move(1, 5, "10.0.0.2");
        for (var number = 0; number < 40; number++)
        {
            _network.Time.Advance(TimeSpan.FromMilliseconds(25));
        }

        _network.Publish("news", "1");
        Assert.Equal(["1"], await news.TextsAsync(1));
        _new.IsAway = false;
        await Soon.TrueAsync(() => _old.Subscriber is null && _new.Subscriber is not null, "the handoff", _network.Time);
        _network.Publish("news", "2");

        Assert.Equal(["2"], await news.TextsAsync(1));
        Assert.Empty(_gaps);
    }

    [Fact]
    public async Task A_new_place_that_refuses_to_subscribe_is_left_alone()
    {
        _new.Answer = static (_, arguments) => arguments[0] == "SUBSCRIBE" ? "-NOPERM no\r\n" : null;
        await using var redis = await _network.ConnectAsync();
        await using var news = await SubscribeAsync(redis, "news");

        _old.Move(1, 0, "10.0.0.2");
        await Soon.TrueAsync(() => _new.Commands.Count > 0 && _new.Open.Length == 0, "the end of the attempt");
        _network.Publish("news", "1");

        Assert.Equal(["1"], await news.TextsAsync(1));
        Assert.Empty(_gaps);
    }

    [Fact]
    public async Task An_old_connection_that_ends_before_the_overlap_is_complete_leaves_a_gap()
    {
        _new.HoldsConfirmations = true;
        await using var redis = await _network.ConnectAsync();
        await using var news = await SubscribeAsync(redis, "news");
        _old.Move(1, 5, "10.0.0.2");
        await Soon.TrueAsync(() => _new.Subscriber is not null, "SUBSCRIBE on the new one", _network.Time);
        _network.Publish("news", "1");
        Assert.Equal(["1"], await news.TextsAsync(1));

        _old.IsAway = true;
        _old.Cut(_old.Subscriber);
        _new.Confirm();
        await Soon.TrueAsync(() => !_gaps.IsEmpty, "the gap", _network.Time);
        _network.Publish("news", "2");

        var next = (await news.TakeAsync(1))[0];
        Assert.Equal(("2", true), (next.Text, next.FollowsGap));
        Assert.Single(_gaps);
    }

    [Fact]
    public async Task An_old_connection_that_goes_silent_is_left_with_a_gap()
    {
        await using var redis = await _network.ConnectAsync();
        await using var news = await SubscribeAsync(redis, "news");
        _old.IgnoresPing = true;

        _old.Move(1, 5, "10.0.0.2");
        await Soon.TrueAsync(() => !_gaps.IsEmpty, "the gap", _network.Time);
        _network.Publish("news", "1");

        Assert.Equal(["1"], await news.TextsAsync(1));
        Assert.Equal([SubscriptionGapReason.HandoffIncomplete], _gaps);
    }

    [Fact]
    public async Task A_newer_moving_counts()
    {
        _new.HoldsConfirmations = true;
        var newest = _network.At("10.0.0.3");
        await using var redis = await _network.ConnectAsync();
        await using var news = await SubscribeAsync(redis, "news");

        _old.Move(1, 0, "10.0.0.2");
        await Soon.TrueAsync(() => _new.Subscriber is not null, "SUBSCRIBE on the new one");
        _network.Publish("news", "1");
        _old.Move(2, 0, "10.0.0.3");
        await Soon.TrueAsync(() => _old.Subscriber is null && newest.Subscriber is not null, "the handoff to the newest place");
        _network.Publish("news", "2");

        Assert.Equal(["1", "2"], await news.TextsAsync(2));
        await Soon.TrueAsync(() => _new.Open.Length == 0, "the end of the one in between");
        Assert.Empty(_gaps);
    }

    [Fact]
    public async Task A_moving_heard_by_the_new_connection_before_it_serves_is_followed()
    {
        _new.HoldsConfirmations = true;
        var newest = _network.At("10.0.0.3");
        await using var redis = await _network.ConnectAsync();
        await using var news = await SubscribeAsync(redis, "news");

        _old.Move(1, 0, "10.0.0.2");
        await Soon.TrueAsync(() => _new.Subscriber is not null, "SUBSCRIBE on the new one");
        _new.Move(7, 0, "10.0.0.3");
        _new.Confirm();
        await Soon.TrueAsync(() => newest.Subscriber is not null && _old.Subscriber is null && _new.Subscriber is null, "both handoffs");
        _network.Publish("news", "1");

        Assert.Equal(["1"], await news.TextsAsync(1));
        Assert.Empty(_gaps);
    }

    [Fact]
    public async Task Without_a_place_the_name_is_followed()
    {
        _network.Names["redis.test"] = "10.0.0.1";
        await using var redis = await _network.ConnectAsync("redis.test");
        await using var news = await SubscribeAsync(redis, "news");

        _old.Move(1, 10, null);
        _network.Names["redis.test"] = "10.0.0.2";
        await Soon.TrueAsync(() => _old.Subscriber is null && _new.Subscriber is not null, "the handoff", _network.Time);
        _network.Publish("news", "1");

        Assert.Equal(["1"], await news.TextsAsync(1));
        Assert.Empty(_gaps);
    }

    [Fact]
    public async Task A_sharded_channel_dropped_by_the_new_server_while_it_joins_is_asked_for_again()
    {
        _new.HoldsConfirmations = true;
        await using var redis = await _network.ConnectAsync();
        await using var orders = await redis.SubscribeShardedAsync("orders");
        await using var news = await SubscribeAsync(redis, "news");
        _old.Move(1, 0, "10.0.0.2");
        await Soon.TrueAsync(() => _new.Subscriber?.Topics.Count == 2, "SSUBSCRIBE on the new one");

        var joining = _new.Subscriber!;
        lock (_network.Gate)
        {
            // Confirmed, taken away, and confirmed again.
            joining.Send(joining.Push("ssubscribe", "orders", 1));
            joining.Topics.Remove("s:orders");
            joining.Send(joining.Push("sunsubscribe", "orders", 0));
        }

        await Soon.TrueAsync(() => _new.Commands.Count(static command => command == "SSUBSCRIBE orders") == 2, "SSUBSCRIBE again");
        _new.Confirm();
        await Soon.TrueAsync(() => _old.Subscriber is null, "the end of the old connection");
        _network.Publish("orders", "1");

        Assert.Equal(["1"], await orders.TextsAsync(1));
        Assert.Empty(_gaps);
    }

    private async Task<RedisSubscription> SubscribeAsync(RedisClient redis, string channel)
    {
        var subscription = await redis.SubscribeAsync(channel);
        subscription.Gap += (_, gap) => _gaps.Enqueue(gap.Reason);
        return subscription;
    }
}
