using System.Diagnostics;
using Baton.Client;

// A handoff, seen from the client:      ./baton up --notifications
// then, while this program runs:        ./baton bind db 1 --to 3        or        ./baton migrate shard 1 --to 2
// dotnet run --project samples/WatchHandoffs -- [connection string] [seconds]
var place = args.Length > 0 ? args[0] : "redis://127.0.0.11:12000";
using var end = new CancellationTokenSource(TimeSpan.FromSeconds(args.Length > 1 ? int.Parse(args[1]) : 120));
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    end.Cancel();
};

await using var redis = await RedisClient.ConnectAsync(place);
Console.WriteLine($"connected to {redis.CurrentEndpoint}; maintenance is announced: {(redis.HearsOfMaintenance ? "yes" : "no")}");
redis.MaintenanceAnnounced += (_, announced) => Console.WriteLine(
    $"heard   {announced.Kind}{(announced.HasEnded ? ", which is over" : $" within {announced.StartsWithin?.TotalSeconds:0} s")}");
redis.HandoffEnded += (_, handoff) => Console.WriteLine(handoff.Succeeded
    ? $"moved   {handoff.From} -> {handoff.To} in {handoff.Duration.TotalMilliseconds:0} ms; "
        + $"{handoff.BufferedCommands} commands waited {handoff.Hold.TotalMilliseconds:0} ms"
    : $"stayed  at {handoff.From}: {handoff.Failure}");

// Writes without a pause: every one of them is counted, and so is the longest time without an answer.
var (done, failed, longest) = (0L, 0L, TimeSpan.Zero);
while (!end.IsCancellationRequested)
{
    var began = Stopwatch.GetTimestamp();
    try
    {
        await redis.IncrAsync("samples:watch");
        done++;
    }
    catch (RedisException e)
    {
        failed++;
        Console.WriteLine($"failed  {e.Message} ({e.Outcome}, maintenance: {e.Maintenance})");
    }

    var took = Stopwatch.GetElapsedTime(began);
    longest = took > longest ? took : longest;
}

Console.WriteLine($"{done} commands, {failed} failed, the slowest took {longest.TotalMilliseconds:0} ms");
return failed == 0 ? 0 : 1;
