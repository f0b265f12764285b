using Baton.Client;

namespace Guide;

internal static class Regions
{
    public static async Task UseAsync()
    {
        await using var redis = await RedisRegionsClient.ConnectAsync(new RedisRegionsOptions
        {
            Databases =
            [
                new RegionDatabase("frankfurt", RedisClientOptions.Parse("rediss://fra.example.com:12000")),
                new RegionDatabase("dublin", RedisClientOptions.Parse("rediss://dub.example.com:12000")),
            ],
        });
        redis.DatabaseChanged += (_, change) => Console.WriteLine($"{change.From} -> {change.To}: {change.Reason}");
        await redis.SetAsync("greeting", "hello");           // goes to the database in use
        await redis.Current.SubscribeAsync("news");          // belongs to one database
        await redis.UseAsync("dublin");                      // a rehearsal
    }
}
