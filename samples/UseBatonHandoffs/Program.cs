using Baton.Client.StackExchangeRedis;
using StackExchange.Redis;

// StackExchange.Redis, with handoffs beneath it by one line. ./baton up --notifications, then, while this runs: ./baton bind db 1 --to 3
// dotnet run --project samples/UseBatonHandoffs -- [host:port,options] [seconds]
var options = ConfigurationOptions.Parse(args.Length > 0 ? args[0] : "127.0.0.11:12000");
options.UseBatonHandoffs();
await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
var database = redis.GetDatabase();
var until = DateTime.UtcNow.AddSeconds(args.Length > 1 ? int.Parse(args[1]) : 120);

redis.ConnectionFailed += (_, failed) => Console.WriteLine($"the connection failed: {failed.FailureType}");
var received = 0L;
await redis.GetSubscriber().SubscribeAsync(RedisChannel.Literal("samples:news"), (_, _) => Interlocked.Increment(ref received));

var (done, failed) = (0L, 0L);
while (DateTime.UtcNow < until)
{
    try
    {
        await database.StringIncrementAsync("samples:adapter");
        await database.PublishAsync(RedisChannel.Literal("samples:news"), done);
        done++;
    }
    catch (RedisException e)
    {
        failed++;
        Console.WriteLine($"failed: {e.Message}");
    }
}

// What was published last may still be under way.
for (var waits = 0; Interlocked.Read(ref received) < done && waits < 100; waits++)
{
    await Task.Delay(10);
}

Console.WriteLine($"{done} increments and messages, {failed} failed, {Interlocked.Read(ref received)} messages received");
return failed == 0 ? 0 : 1;
