using Xunit;

namespace Baton.Client.Tests.Commands;

/// <summary>A real redis-server on a socket of the file system, for the whole class; started when first asked for.</summary>
public sealed class LiveRedis : IAsyncLifetime
{
    private readonly Lazy<Task<PlainRedis>> _server = new(static () => PlainRedis.StartOnSocketAsync());

    /// <summary>A client with an empty server. The test is skipped when there is none.</summary>
    public async Task<RedisClient> ConnectAsync(RedisProtocol protocol)
    {
        Assert.SkipUnless(PlainRedis.IsInstalled, "redis-server is not installed (apt-get install redis-server)");
        var server = await _server.Value;
        var client = await RedisClient.ConnectAsync($"unix://{server.SocketPath}?protocol={protocol}&connectTimeout=30s&commandTimeout=30s");
        await client.FlushAllAsync();
        return client;
    }

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await using var server = await _server.Value;
        }
    }
}
