using Baton.Client;
using Baton.Protocol.Subscriptions;

namespace Guide;

internal static class Subscriptions
{
    public static async Task ReadAsync(RedisClient redis, CancellationToken stopping)
    {
        await foreach (var message in redis.SubscribeAsync("news", stopping))
        {
            Console.WriteLine($"{message.Channel}: {message.Text}");
        }
    }

    public static async Task CallbackAsync(RedisClient redis)
    {
        await using var subscription = await redis.SubscribeAsync("news", message =>
        {
            Console.WriteLine(message.Text);
            return ValueTask.CompletedTask;
        });
        subscription.Gap += (_, gap) => Console.WriteLine($"messages may be missing: {gap.Reason}");
    }

    public static async Task SeveralAsync(RedisClient redis)
    {
        var options = new RedisSubscriptionOptions { QueueLimit = 100_000, WhenFull = SubscriptionQueuePolicy.End };
        await using var orders = await redis.SubscribeAsync(SubscriptionKind.Pattern, ["orders.*", "refunds.*"], options);
        Console.WriteLine(orders.Kind);
    }
}
