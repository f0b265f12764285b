using Baton.Client.StackExchangeRedis;
using StackExchange.Redis;

namespace Baton.Cli.Bench.Handoff.Clients;

/// <summary>StackExchange.Redis with <c>MaintenanceNotifications = Auto</c>; also with <c>UseBatonHandoffs</c> beneath it.</summary>
internal sealed class StackExchangeHandoffClient : IHandoffClient
{
    // The longest its relaxed timeout and window can reasonably be set to, for the row that waits for the announced end.
    private static readonly TimeSpan LongRelaxed = TimeSpan.FromSeconds(60);

    private readonly ConnectionMultiplexer _multiplexer;
    private readonly IDatabase _database;

    private StackExchangeHandoffClient(ConnectionMultiplexer multiplexer) => (_multiplexer, _database) = (multiplexer, multiplexer.GetDatabase());

    /// <summary>Connects.</summary>
    public static async Task<IHandoffClient> ConnectAsync(ConnectOrder order, bool usesBaton)
    {
        var options = new ConfigurationOptions
        {
            EndPoints = { { order.Host, order.Port } },
            Protocol = RedisProtocol.Resp3,
            MaintenanceNotifications = order.IsRequired ? MaintenanceNotificationMode.Enabled : MaintenanceNotificationMode.Auto,
        };
        if (order.Timeout is { } timeout)
        {
            options.AsyncTimeout = options.SyncTimeout = (int)timeout.TotalMilliseconds;
        }

        if (order.WaitsForEnd)
        {
            options.MaintenanceRelaxedTimeout = options.MaintenanceRelaxedWindowMax = LongRelaxed;
        }

        if (order.Map is { } map)
        {
            options.Tunnel = new MappingTunnel(map);
        }

        if (usesBaton)
        {
            options.UseBatonHandoffs();
        }

        return new StackExchangeHandoffClient(await ConnectionMultiplexer.ConnectAsync(options).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public Task IncrementAsync(string key) => _database.StringIncrementAsync(key);

    /// <inheritdoc/>
    public void Increment(string key) => _database.StringIncrement(key);

    /// <inheritdoc/>
    public async Task IncrementManyAsync(string key, int count)
    {
        var batch = _database.CreateBatch();
        Task[] results = [.. Enumerable.Range(0, count).Select(_ => batch.StringIncrementAsync(key))];
        batch.Execute();
        await Task.WhenAll(results).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void IncrementAndForget(string key) => _database.StringIncrement(key, flags: CommandFlags.FireAndForget);

    /// <inheritdoc/>
    public Task ReadAsync(string key) => _database.StringGetAsync(key);

    /// <inheritdoc/>
    public async Task<bool> RaiseIfUnchangedAsync(string key)
    {
        var value = await _database.StringGetAsync(key).ConfigureAwait(false);
        var transaction = _database.CreateTransaction();
        transaction.AddCondition(value.IsNull ? Condition.KeyNotExists(key) : Condition.StringEqual(key, value));
        _ = transaction.StringSetAsync(key, value.IsNull ? 1 : (long)value + 1);
        return await transaction.ExecuteAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<string?> PopAsync(string key, int seconds)
    {
        var reply = await _database.ExecuteAsync("BLPOP", key, seconds).ConfigureAwait(false);
        return reply.IsNull ? null : (string?)reply[1];
    }

    /// <inheritdoc/>
    public Task SubscribeAsync(string channel, Action<string> heard) =>
        _multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Literal(channel), (_, message) => heard($"{message}"));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _multiplexer.DisposeAsync();
}
