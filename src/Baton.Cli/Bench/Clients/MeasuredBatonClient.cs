using System.Net;
using Baton.Client;

namespace Baton.Cli.Bench.Clients;

/// <summary>Baton.Client with its default options.</summary>
internal sealed class MeasuredBatonClient : IMeasuredClient
{
    private readonly RedisKey _key = ClientTest.Key;
    private readonly byte[] _value = new byte[ClientTest.ValueBytes];
    private readonly RedisClient _client;

    private MeasuredBatonClient(RedisClient client) => _client = client;

    /// <inheritdoc/>
    public IReadOnlyList<string> Tests => ClientTest.All;

    /// <summary>Connects.</summary>
    public static async Task<MeasuredBatonClient> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken) =>
        new(await RedisClient.ConnectAsync(
            new RedisClientOptions { Endpoints = [new RedisEndpoint($"{address.Address}", address.Port)] }, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public Task CallAsync(string test, CallerFigures caller) => test switch
    {
        ClientTest.Set => SetAsync(caller),
        ClientTest.Get => GetAsync(caller),
        _ => GetIntoAsync(caller),
    };

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task SetAsync(CallerFigures caller)
    {
        while (caller.GoesOn)
        {
            var began = caller.Begin();
            var isSet = await _client.SetAsync(_key, _value).ConfigureAwait(false);
            caller.End(began);
            ClientTest.Check(isSet);
        }
    }

    private async Task GetAsync(CallerFigures caller)
    {
        while (caller.GoesOn)
        {
            var began = caller.Begin();
            var value = await _client.GetBytesAsync(_key).ConfigureAwait(false);
            caller.End(began);
            ClientTest.Check(value?.Length == ClientTest.ValueBytes);
        }
    }

    private async Task GetIntoAsync(CallerFigures caller)
    {
        var buffer = new byte[ClientTest.ValueBytes];
        while (caller.GoesOn)
        {
            var began = caller.Begin();
            var length = await _client.GetAsync(_key, buffer.AsMemory()).ConfigureAwait(false);
            caller.End(began);
            ClientTest.Check(length == ClientTest.ValueBytes);
        }
    }
}
