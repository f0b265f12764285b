using Baton.Client;

namespace Guide;

internal static class Commands
{
    public static async Task TypedAsync(RedisClient redis)
    {
        await redis.SetAsync("user:7", "Ada", TimeSpan.FromMinutes(5));
        await redis.HSetAsync("cart:7", [("apples", 3), ("pears", 2)]);
        Dictionary<string, long> cart = await redis.HGetAllAsync<long>("cart:7");
        long removed = await redis.DelAsync(["user:7", "cart:7"]);
        Console.WriteLine($"{cart.Count} {removed}");
    }

    public static async Task AnyCommandAsync(RedisClient redis, string key, string whateverAUserTyped)
    {
        long visits = await redis.ExecuteAsync<long>($"INCRBY {key} {5}");
        await redis.ExecuteAsync($"SET note:{visits} {whateverAUserTyped} EX {60}");
        string[] keys = ["a", "b", "c"];
        string?[]? values = await redis.ExecuteAsync<string?[]>($"MGET {keys}");
        RedisReply anything = await redis.ExecuteAsync($"COMMAND COUNT");
        Console.WriteLine($"{values?.Length} {anything}");
    }

    public static async Task ManyAtOnceAsync(RedisClient redis)
    {
        var pipeline = redis.CreatePipeline();
        var first = pipeline.GetAsync("first");
        var second = pipeline.LLenAsync("second");
        await pipeline.SendAsync();
        Console.WriteLine($"{await first} {await second}");
    }

    public static async Task TransactionAsync(RedisClient redis)
    {
        var transaction = redis.CreateTransaction();
        var balance = transaction.DecrByAsync("account:1", 100);
        var other = transaction.IncrByAsync("account:2", 100);
        await transaction.CommitAsync();
        Console.WriteLine($"{await balance} {await other}");
    }

    public static async Task WatchAsync(RedisClient redis)
    {
        while (true)
        {
            await using var watch = await redis.WatchAsync(["stock:7"]);
            var stock = await watch.GetAsync<long?>("stock:7") ?? 0;
            var transaction = watch.CreateTransaction();
            var left = transaction.SetAsync("stock:7", stock - 1);
            if (stock == 0 || await transaction.CommitAsync())
            {
                break;
            }
        }
    }

    public static async Task BlockingAsync(RedisClient redis, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (await redis.BLPopAsync("jobs", TimeSpan.FromSeconds(30), stopping) is { } job)
            {
                Console.WriteLine(job);
            }
        }
    }

    public static async Task ScanAsync(RedisClient redis)
    {
        await foreach (var key in redis.ScanAsync(new ScanOptions(Match: "user:*")))
        {
            Console.WriteLine(key);
        }
    }

    public static async Task StreamAsync(RedisClient redis, CancellationToken stopping)
    {
        await redis.XAddAsync("orders", [("id", 7), ("total", 12.5)]);
        var options = new StreamReadOptions { CreateGroupAfter = "0", ClaimIdle = TimeSpan.FromMinutes(1) };
        await foreach (var entry in redis.XReadGroupAllAsync("orders", "billing", "worker-1", options, stopping))
        {
            Console.WriteLine(entry["total"]);
            await entry.AckAsync(stopping);
        }
    }

    public static void Synchronously(RedisClient redis)
    {
        long visits = redis.Execute<long>($"INCR {"visits"}");
        Console.WriteLine(visits);
    }
}
