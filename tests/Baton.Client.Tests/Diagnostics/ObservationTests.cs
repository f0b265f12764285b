using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Baton.Client.Tests.Kit;
using Xunit;

namespace Baton.Client.Tests.Diagnostics;

/// <summary>What a program sees that listens to the meter and the activity source.</summary>
[Collection(VirtualTime.Name)]
public sealed class ObservationTests
{
    private const string Address = "10.0.99.1";

    [Fact]
    public async Task Every_way_to_send_a_command_gives_one_span_and_one_duration_by_its_name()
    {
        using var heard = new Listeners(Address);
        await using var world = await ConnectedAsync();
        await world.EndOfAsync(world.Client.GetAsync("n"));
        await world.EndOfAsync(world.Client.Cached.GetAsync("n"));
        await world.EndOfAsync(world.Client.Cached.GetAsync("n"));
        await world.FailureOfAsync<RedisServerException>(world.Client.BLPopAsync("list", TimeSpan.FromSeconds(1)).AsTask());
        var pipeline = world.Client.CreatePipeline();
        var set = pipeline.SetAsync("n", 1).AsTask();
        _ = pipeline.SendAsync();
        await world.EndOfAsync(set);
        var transaction = world.Client.CreateTransaction();
        _ = transaction.GetAsync("n");
        await world.FailureOfAsync<RedisServerException>(transaction.CommitAsync());
        await world.FailureOfAsync<RedisServerException>(world.Client.ExecuteAsync($"{"secret"} x").AsTask());

        string[] names = ["BLPOP ERR", "GET ", "GET ", "MULTI ERR", "OTHER ERR", "SET "];
        Assert.Equal(names, heard.Durations.Order());
        Assert.Equal(names, heard.Spans.Order());
    }

    [Fact]
    public async Task A_handoff_is_moved_and_nothing_that_failed()
    {
        using var heard = new Listeners(Address);
        await using var world = await ConnectedAsync();
        world.Network.At(Address).Announce(Frames.Moving(1, 5, world.B));
        await world.PassAsync(6);

        Assert.Contains("baton.client.handoff.duration s outcome=moved", heard.Others);
        Assert.Contains("baton.client.connection.closed {connection} reason=HandedOff", heard.Others);
        Assert.Contains("baton.client.maintenance.notifications {notification} type=Moving", heard.Others);
        Assert.DoesNotContain(heard.Others, static line => line.Contains("failed", StringComparison.Ordinal));
        Assert.Empty(heard.Spans);
    }

    private static async Task<ClientWorld> ConnectedAsync()
    {
        var world = new ClientWorld();
        world.Database.Serve(world.Network.At(Address));
        world.Options = world.Options with { Endpoints = [new RedisEndpoint(Address, 6379)], Caching = new RedisCachingOptions() };
        await world.ConnectAsync();
        return world;
    }

    /// <summary>Those of one server's address: other tests have clients too.</summary>
    private sealed class Listeners : IDisposable
    {
        private readonly ActivityListener _activities;
        private readonly MeterListener _meters = new();

        public Listeners(string address)
        {
            _activities = new ActivityListener
            {
                ShouldListenTo = static source => source.Name == "Baton.Client",
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                {
                    if (address.Equals(activity.GetTagItem("server.address")))
                    {
                        Spans.Add($"{activity.DisplayName} {activity.GetTagItem("error.type")}");
                    }
                },
            };
            ActivitySource.AddActivityListener(_activities);
            _meters.InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Baton.Client")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Hear(instrument, tags, address));
            _meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Hear(instrument, tags, address));
            _meters.Start();
        }

        public ConcurrentBag<string> Spans { get; } = [];

        public ConcurrentBag<string> Durations { get; } = [];

        public ConcurrentBag<string> Others { get; } = [];

        public void Dispose()
        {
            _activities.Dispose();
            _meters.Dispose();
        }

        private void Hear(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags, string address)
        {
            var named = tags.ToArray().ToDictionary();
            if (!address.Equals(named.GetValueOrDefault("server.address")))
            {
                return;
            }

            if (instrument.Name == "db.client.operation.duration")
            {
                Durations.Add($"{named["db.operation.name"]} {named.GetValueOrDefault("error.type")}");
            }
            else
            {
                Others.Add($"{instrument.Name} {instrument.Unit} {string.Join(' ', tags[4..].ToArray().Select(static tag => $"{tag.Key}={tag.Value}"))}");
            }
        }
    }
}
