using Baton.Client.StackExchangeRedis;
using StackExchange.Redis;

namespace Guide;

internal static class FromStackExchange
{
    public static async Task OneLineAsync()
    {
        var options = ConfigurationOptions.Parse("127.0.0.11:12000");
        options.UseBatonHandoffs();
        var redis = await ConnectionMultiplexer.ConnectAsync(options);
        await redis.CloseAsync();
    }

    public static void Tuned(ConfigurationOptions options)
    {
        options.UseBatonHandoffs(new Baton.Client.MaintenanceOptions { RelaxedTimeout = TimeSpan.FromSeconds(15) });
    }
}
