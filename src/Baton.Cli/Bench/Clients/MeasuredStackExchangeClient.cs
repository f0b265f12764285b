using System.Net;
using StackExchange.Redis;

namespace Baton.Cli.Bench.Clients;

/// <summary>StackExchange.Redis with its default options, over RESP3 as Baton.Client.</summary>
internal sealed class MeasuredStackExchangeClient : IMeasuredClient
{
    private readonly RedisKey _key = ClientTest.Key;
    private readonly byte[] _value = new byte[ClientTest.ValueBytes];
    private readonly ConnectionMultiplexer _multiplexer;
    private readonly IDatabase _database;

    private MeasuredStackExchangeClient(ConnectionMultiplexer multiplexer) =>
        (_multiplexer, _database) = (multiplexer, multiplexer.GetDatabase());

    /// <inheritdoc/>
    public IReadOnlyList<string> Tests => [ClientTest.Set, ClientTest.Get];

    /// <summary>Connects.</summary>
    public static async Task<MeasuredStackExchangeClient> ConnectAsync(IPEndPoint address) =>
        new(await ConnectionMultiplexer.ConnectAsync(
            new ConfigurationOptions { EndPoints = { address }, Protocol = RedisProtocol.Resp3 }).ConfigureAwait(false));

    /// <inheritdoc/>
    public Task CallAsync(string test, CallerFigures caller) => test == ClientTest.Set ? SetAsync(caller) : GetAsync(caller);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _multiplexer.DisposeAsync();

    private async Task SetAsync(CallerFigures caller)
    {
        while (caller.GoesOn)
        {
            var began = caller.Begin();
            var isSet = await _database.StringSetAsync(_key, _value).ConfigureAwait(false);
            caller.End(began);
            ClientTest.Check(isSet);
        }
    }

    private async Task GetAsync(CallerFigures caller)
    {
        while (caller.GoesOn)
        {
            var began = caller.Begin();
            byte[]? value = await _database.StringGetAsync(_key).ConfigureAwait(false);
            caller.End(began);
            ClientTest.Check(value?.Length == ClientTest.ValueBytes);
        }
    }
}
