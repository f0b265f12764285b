using Baton.Client;

namespace Guide;

internal static class Caching
{
    public static async Task ReadAsync()
    {
        var options = RedisClientOptions.Parse("redis://127.0.0.11:12000") with { Caching = new RedisCachingOptions() };
        await using var redis = await RedisClient.ConnectAsync(options);
        var first = await redis.Cached.GetAsync("price:7");  // from the server
        var second = await redis.Cached.GetAsync("price:7"); // from memory, until the server tells of a change
        Console.WriteLine($"{first == second}, hits: {redis.Cached.Statistics.Hits}");
    }
}
