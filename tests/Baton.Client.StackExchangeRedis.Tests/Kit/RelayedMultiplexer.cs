using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Baton.Client.StackExchangeRedis.Tests.Kit;

/// <summary>An unmodified multiplexer with handoffs, and what it has reported.</summary>
internal sealed class RelayedMultiplexer : IAsyncDisposable
{
    private RelayedMultiplexer(ConnectionMultiplexer multiplexer)
    {
        Multiplexer = multiplexer;
        multiplexer.ConnectionFailed += (_, failed) => Failures.Enqueue($"{failed.ConnectionType} {failed.FailureType} {failed.Exception?.Message}");
        multiplexer.ServerMaintenanceEvent += (_, told) => Events.Enqueue(told.RawMessage ?? told.ToString()!);
    }

    public ConnectionMultiplexer Multiplexer { get; }

    public IDatabase Database => Multiplexer.GetDatabase();

    public ISubscriber Subscriber => Multiplexer.GetSubscriber();

    public ConcurrentQueue<string> Failures { get; } = [];

    public ConcurrentQueue<string> Events { get; } = [];

    public static async Task<RelayedMultiplexer> ConnectAsync(
        string place, Action<ConfigurationOptions>? configure = null, Func<HandoffSettings, HandoffSettings>? settings = null)
    {
        var options = ConfigurationOptions.Parse(place);
        options.AllowAdmin = true;

        // What fails here fails for a lost connection, not because the machine has other things to do.
        options.AsyncTimeout = 20_000;
        configure?.Invoke(options);
        var handoffs = new HandoffSettings(options, new MaintenanceOptions { DnsPoll = TimeSpan.FromMilliseconds(100) }) { Random = new Random(1) };
        BatonHandoffExtensions.Install(options, settings?.Invoke(handoffs) ?? handoffs);
        return new RelayedMultiplexer(await ConnectionMultiplexer.ConnectAsync(options));
    }

    public ValueTask DisposeAsync() => Multiplexer.DisposeAsync();
}
