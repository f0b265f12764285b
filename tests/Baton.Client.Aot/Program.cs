using System.Globalization;
using Baton.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

// A program that uses every part of the client, for publishing as Native AOT. Its argument is host:port of an empty redis-server.
var address = args.Length == 1 ? args[0] : throw new ArgumentException("usage: Baton.Client.Aot host:port");

await using var redis = await RedisClient.ConnectAsync($"redis://{address}?clientName=aot&commandTimeout=10s");
await Strings();
await Shapes();
await Interpolated();
await Transactions();
await Blocking();
await Subscriptions();
await Scripts();
await Streams();
await Caching();
await Injection();
await Errors();
return 0;

static void Show(string what, object? value) => Console.WriteLine($"{what}: {value}");

async Task Strings()
{
    Show("SET", await redis.SetAsync("text", "hello"));
    Show("GET", await redis.GetAsync("text"));
    Show("GET bytes", (await redis.GetBytesAsync("text"))!.Length);
    Show("GET number", await redis.GetAsync<long?>("missing") ?? -1);
    Show("MGET", string.Join(' ', (await redis.MGetAsync(["text", "missing"])).Select(value => value ?? "(nil)")));
    Show("Execute", redis.Execute<long>($"INCRBY {"counter"} {5}"));
}

async Task Shapes()
{
    await redis.HSetAsync("hash", "field", 1.5);
    Show("HGETALL", string.Join(' ', (await redis.HGetAllAsync<double>("hash")).Select(
        pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}"))));
    await redis.RPushAsync("list", ["a", "b"]);
    Show("LRANGE", string.Join(' ', await redis.LRangeAsync("list")));
    var keys = new List<string>();
    await foreach (var key in redis.ScanAsync())
    {
        keys.Add(key.ToString());
    }

    Show("SCAN", string.Join(' ', keys.Order(StringComparer.Ordinal)));
}

async Task Interpolated()
{
    string[] names = ["x", "y z"];
    Show("SADD", await redis.ExecuteAsync<long>($"SADD set {names}"));
    Show("SMEMBERS", string.Join('|', (await redis.ExecuteAsync<string[]>($"SMEMBERS set"))!.Order(StringComparer.Ordinal)));
    Show("raw", await redis.ExecuteAsync($"LRANGE list {0} {-1}"));
    Show("reader", await redis.ExecuteAsync($"LLEN list", static (ref Baton.Protocol.Resp.RespReader reply) => $"<{reply.GetString()}>"));
}

async Task Transactions()
{
    var transaction = redis.CreateTransaction();
    var first = transaction.IncrAsync("counter");
    var second = transaction.GetAsync<int>("counter");
    Show("EXEC", $"{await transaction.CommitAsync()} {await first} {await second}");

    await using var watch = await redis.WatchAsync(["counter"]);
    var guarded = watch.CreateTransaction();
    var never = guarded.IncrAsync("counter");
    await redis.IncrAsync("counter");
    Show("WATCH", await guarded.CommitAsync());
    try
    {
        await never;
    }
    catch (RedisTransactionAbortedException e)
    {
        Show("aborted", e.Outcome);
    }

    var pipeline = redis.CreatePipeline();
    var length = pipeline.StrLenAsync("text");
    await pipeline.SendAsync();
    Show("pipeline", await length);
}

async Task Blocking()
{
    var popped = redis.BLPopAsync("queue", TimeSpan.FromSeconds(10));
    await redis.RPushAsync("queue", "job");
    Show("BLPOP", await popped);
}

async Task Subscriptions()
{
    await using var subscription = await redis.SubscribeAsync("news");
    await redis.PublishAsync("news", "one");
    await foreach (var message in subscription)
    {
        Show("message", message);
        break;
    }
}

async Task Scripts() => Show("EVAL", await redis.EvalAsync<long>(new RedisScript("return #KEYS + ARGV[1]"), ["k"], [41]));

async Task Streams()
{
    await redis.XAddAsync("stream", [("field", "value")]);
    await foreach (var entry in redis.XReadGroupAllAsync("stream", "group", "consumer", new StreamReadOptions { CreateGroupAfter = "0" }))
    {
        Show("entry", entry["field"]);
        await entry.AckAsync();
        break;
    }
}

async Task Caching()
{
    var options = RedisClientOptions.Parse(address) with { Caching = new RedisCachingOptions() };
    await using var caching = await RedisClient.ConnectAsync(options);
    await caching.Cached.GetAsync("text");
    Show("cached", await caching.Cached.GetAsync("text"));
    Show("hits", caching.Cached.Statistics.Hits);
}

async Task Injection()
{
    var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Redis:Endpoints:0"] = address,
        ["Redis:Maintenance:RelaxedTimeout"] = "20s",
    }).Build();
    var services = new ServiceCollection().AddBatonRedis(configuration.GetSection("Redis")).AddKeyedBatonRedis("other", address);
    await using var provider = services.BuildServiceProvider();
    Show("injected", await provider.GetRequiredService<RedisCommands>().GetAsync("text"));
    Show("relaxed", provider.GetRequiredService<RedisClient>().Options.Maintenance.RelaxedTimeout);
    Show("keyed", await provider.GetRequiredKeyedService<RedisClient>("other").GetAsync("text"));
}

async Task Errors()
{
    try
    {
        await redis.IncrAsync("list");
    }
    catch (RedisServerException e)
    {
        Show("error", $"{e.Code} {e.Outcome}");
    }

    try
    {
        _ = RedisClientOptions.Parse("redis://localhost?colour=red");
    }
    catch (ArgumentException)
    {
        Show("options", "an unknown one is refused");
    }
}
