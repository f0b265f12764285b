using Baton.Client;

namespace Guide;

internal static class Maintenance
{
    public static void Watch(RedisClient redis)
    {
        redis.MaintenanceAnnounced += (_, announced) => Console.WriteLine(
            $"{announced.Kind}, over: {announced.HasEnded}, in {announced.StartsWithin}, to {announced.Target}");
        redis.HandoffEnded += (_, handoff) => Console.WriteLine(
            $"{handoff.From} -> {handoff.To}: {handoff.Succeeded}, commands waited {handoff.Hold.TotalMilliseconds} ms");
        Console.WriteLine($"announced to this connection: {redis.HearsOfMaintenance}, under way: {redis.CurrentMaintenance}");
    }
}
