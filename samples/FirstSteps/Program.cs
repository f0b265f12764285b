using Baton.Client;

// The first steps with any Redis-compatible server: dotnet run --project samples/FirstSteps -- [connection string]
await using var redis = await RedisClient.ConnectAsync(args.Length > 0 ? args[0] : "redis://127.0.0.11:12000");
Console.WriteLine($"connected to {redis.CurrentEndpoint}; maintenance is announced: {(redis.HearsOfMaintenance ? "yes" : "no")}");

// Strings, with an end in time.
await redis.SetAsync("user:7:name", "Ada", TimeSpan.FromMinutes(5));
Console.WriteLine($"name: {await redis.GetAsync("user:7:name")}");
Console.WriteLine($"nobody: {await redis.GetAsync("user:8:name") ?? "(none)"}");

// A hash, and any command at all as an interpolated string. What stands in braces is an argument, whatever is in it.
await redis.HSetAsync("user:7", [("city", "Turin"), ("visits", 41)]);
var visits = await redis.ExecuteAsync<long>($"HINCRBY {"user:7"} visits {1}");
Console.WriteLine($"visits: {visits}");

// A transaction: both or neither.
var transaction = redis.CreateTransaction();
var pushed = transaction.LPushAsync("visitors", "Ada");
var trimmed = transaction.LTrimAsync("visitors", 0, 99);
await transaction.CommitAsync();
Console.WriteLine($"visitors: {await pushed}, trimmed: {await trimmed}");

// A wait on the server, and who ends it.
var job = redis.BLPopAsync("jobs", TimeSpan.FromSeconds(5));
await redis.RPushAsync("jobs", "send the invoice");
Console.WriteLine($"job: {await job}");
await redis.DelAsync(["user:7:name", "user:7", "visitors"]);
