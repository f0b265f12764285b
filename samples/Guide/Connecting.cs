using Baton.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Guide;

internal static class Connecting
{
    public static async Task OneLineAsync()
    {
        await using var redis = await RedisClient.ConnectAsync("redis://127.0.0.11:12000");
        await redis.SetAsync("greeting", "hello");
        string? greeting = await redis.GetAsync("greeting");
        Console.WriteLine(greeting);
    }

    public static async Task WithOptionsAsync()
    {
        var options = RedisClientOptions.Parse("rediss://app:secret@redis.example.com:12000?clientName=orders") with
        {
            CommandTimeout = TimeSpan.FromSeconds(2),
            Maintenance = new MaintenanceOptions { RelaxedTimeout = TimeSpan.FromSeconds(15) },
        };
        await using var redis = await RedisClient.ConnectAsync(options);
        await redis.PingAsync();
    }

    public static void InAnApplication(IServiceCollection services, IConfiguration configuration)
    {
        services.AddBatonRedis(configuration.GetSection("Redis"));
        services.AddKeyedBatonRedis("sessions", "redis://sessions.example.com:12000");
        services.Configure<BatonRedisOptions>(settings =>
            settings.Client = settings.Client with { ClientName = Environment.MachineName });
    }

    public static RedisClientOptions BehindATunnel(RedisClientOptions options)
    {
        options = options with
        {
            Maintenance = options.Maintenance with
            {
                MapEndpoint = place => place with { Host = "127.0.0.1" },
            },
        };
        return options;
    }

    public static async Task OrdersAsync([FromKeyedServices("sessions")] RedisClient sessions, RedisCommands redis)
    {
        await sessions.SetAsync("session:1", "...");
        await redis.SetAsync("order:1", "...");
    }
}
