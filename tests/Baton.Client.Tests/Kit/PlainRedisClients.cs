namespace Baton.Client.Tests.Kit;

/// <summary>Clients of a real server.</summary>
internal static class PlainRedisClients
{
    extension(PlainRedis server)
    {
        public Task<RedisClient> ConnectAsync(Func<RedisClientOptions, RedisClientOptions>? change = null)
        {
            var options = new RedisClientOptions { Endpoints = [new RedisEndpoint("127.0.0.1", server.Port)] };
            return RedisClient.ConnectAsync(change?.Invoke(options) ?? options);
        }
    }
}
