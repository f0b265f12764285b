using System.Globalization;
using System.Net;
using Baton.Client;

namespace Baton.Cli.Bench.Handoff.Clients;

/// <summary>Baton.Client with its default options.</summary>
internal sealed class BatonHandoffClient : IHandoffClient
{
    private readonly RedisClient _client;

    private BatonHandoffClient(RedisClient client) => _client = client;

    /// <summary>Connects.</summary>
    public static async Task<IHandoffClient> ConnectAsync(ConnectOrder order)
    {
        var options = new RedisClientOptions { Endpoints = [new RedisEndpoint(order.Host, order.Port)] };
        var maintenance = new MaintenanceOptions
        {
            Mode = order.IsRequired ? MaintenanceMode.Enabled : MaintenanceMode.Auto,
            MapEndpoint = order.Map is { } map ? endpoint => Mapped(map, endpoint) : null,
        };
        options = options with
        {
            CommandTimeout = order.Timeout ?? options.CommandTimeout,
            Maintenance = order.WaitsForEnd ? maintenance with { RelaxedTimeout = Timeout.InfiniteTimeSpan } : maintenance,
        };
        return new BatonHandoffClient(await RedisClient.ConnectAsync(options).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public Task IncrementAsync(string key) => _client.ExecuteAsync<long>($"INCR {key}").AsTask();

    /// <inheritdoc/>
    public void Increment(string key) => _client.Execute<long>($"INCR {key}");

    /// <inheritdoc/>
    public async Task IncrementManyAsync(string key, int count)
    {
        var pipeline = _client.CreatePipeline();
        Task[] results = [.. Enumerable.Range(0, count).Select(_ => pipeline.ExecuteAsync<long>($"INCR {key}").AsTask())];
        await pipeline.SendAsync().ConfigureAwait(false);
        await Task.WhenAll(results).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void IncrementAndForget(string key) => _ = Observed(_client.ExecuteAsync<long>($"INCR {key}").AsTask());

    /// <inheritdoc/>
    public Task ReadAsync(string key) => _client.GetAsync(key).AsTask();

    /// <inheritdoc/>
    public async Task<bool> RaiseIfUnchangedAsync(string key)
    {
        await using var watch = await _client.WatchAsync([key]).ConfigureAwait(false);
        var number = await watch.ExecuteAsync<long?>($"GET {key}").ConfigureAwait(false) ?? 0;
        var transaction = watch.CreateTransaction();
        var written = transaction.SetAsync(key, (number + 1).ToString(CultureInfo.InvariantCulture)).AsTask();
        if (await transaction.CommitAsync().ConfigureAwait(false))
        {
            return await written.ConfigureAwait(false);
        }

        _ = Observed(written);
        return false;
    }

    /// <inheritdoc/>
    public Task<string?> PopAsync(string key, int seconds) => _client.BLPopAsync(key, TimeSpan.FromSeconds(seconds)).AsTask();

    /// <inheritdoc/>
    public Task SubscribeAsync(string channel, Action<string> heard) => _client.SubscribeAsync(channel, message =>
    {
        heard(message.Text);
        return ValueTask.CompletedTask;
    });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client.DisposeAsync();

    // What nobody waits for is counted on the server.
    private static async Task Observed(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (RedisException)
        {
            // Its command was given up by its caller.
        }
    }

    private static RedisEndpoint Mapped(Func<IPEndPoint, IPEndPoint> map, RedisEndpoint endpoint)
    {
        var place = map(new IPEndPoint(IPAddress.Parse(endpoint.Host), endpoint.Port));
        return new RedisEndpoint($"{place.Address}", place.Port);
    }
}
