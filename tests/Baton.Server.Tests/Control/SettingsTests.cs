using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;
using Baton.Server.Control;
using Baton.Server.Store;
using Xunit;

namespace Baton.Server.Tests.Control;

/// <summary>A database's size, eviction policy and clients' settings: at once on every instance, and on those that come later.</summary>
public sealed class SettingsTests
{
    private static readonly CreateDatabase Replicated = new() { Name = "db", MemorySize = 8 << 20, Port = 12000, ShardsCount = 2, Replication = true };

    [Fact]
    public async Task A_changed_size_and_eviction_policy_reach_masters_and_replicas()
    {
        await using ControlBed bed = await ControlBed.StartAsync();
        await bed.CreateAsync(Replicated);
        Assert.All(
            bed.Redis.Started.Values, engine => Assert.Equal((2 << 20, "noeviction"), (engine.Settings.MemoryLimitBytes, engine.Settings.EvictionPolicy)));

        Assert.Empty((await bed.RequestAsync(new UpdateDatabase(1) { MemorySize = 16 << 20, EvictionPolicy = "allkeys-lru" })).Errors);
        await bed.RunUntilAsync(_ => bed.Redis.Started.Values.All(e => e.Settings.MemoryLimitBytes == 4 << 20));

        Assert.Equal(4, bed.Redis.Started.Count);
        Assert.All(bed.Redis.Started.Values, engine => Assert.Equal("allkeys-lru", engine.Settings.EvictionPolicy));
    }

    [Fact]
    public async Task A_clients_setting_is_on_every_instance_also_after_a_move_and_a_restart()
    {
        MemoryClusterStore store = new();
        await using (ControlBed bed = await ControlBed.StartAsync(store))
        {
            await bed.CreateAsync(Replicated);
            ConfigurationKeeper keeper = new(bed.Controller);

            Assert.Null(await keeper.KeepAsync(1, ImmutableSortedDictionary<string, string>.Empty
                .Add("notify-keyspace-events", "Ex").Add("timeout", "30").Add("tcp-keepalive", "60")));
            await bed.RunUntilAsync(_ => bed.Redis.Started.Values.All(e => e.Settings.Configuration.Count == 1));
            Assert.Equal((30, 60), (bed.Plane.Snapshot.Databases[1].Limits.IdleTimeoutSeconds, bed.Plane.Snapshot.Databases[1].Limits.KeepAliveSeconds));
            Assert.Contains("tcp-keepalive", await keeper.KeepAsync(1, ImmutableSortedDictionary<string, string>.Empty.Add("tcp-keepalive", "-1")));
            await bed.FinishAsync(new MigrateShards([1], 3));

            Assert.Equal("Ex", bed.Redis.Started[bed.Controller.State.Shards[1].InstanceId].Settings.Configuration["notify-keyspace-events"]);
        }

        await using ControlBed again = await ControlBed.StartAsync(store);
        await again.RunUntilAsync(s => s.Shards.Values.All(h => h.Status == ShardStatus.Active));
        Assert.Equal(4, again.Redis.Started.Count);
        Assert.All(again.Redis.Started.Values, engine => Assert.Equal("Ex", engine.Settings.Configuration["notify-keyspace-events"]));
    }

    [Fact]
    public async Task An_instance_that_does_not_take_its_settings_says_so_and_is_given_them_again()
    {
        await using ControlBed bed = await ControlBed.StartAsync();
        await bed.CreateAsync(Replicated);
        long instance = bed.Controller.State.Shards[1].InstanceId;
        bed.Redis.Started[instance].RefusesSettings = "it is busy";

        await bed.RequestAsync(new UpdateDatabase(1) { MemorySize = 16 << 20 });
        await bed.RunUntilAsync(s => s.Shards[1].Problem == "does not take its settings: it is busy");
        bed.Redis.Started[instance].RefusesSettings = null;
        await bed.RunUntilAsync(s => s.Shards[1].Problem is null);

        Assert.Equal(4 << 20, bed.Redis.Started[instance].Settings.MemoryLimitBytes);
    }

    [Fact]
    public async Task An_unknown_database_and_an_unknown_policy_are_refused()
    {
        await using ControlBed bed = await ControlBed.StartAsync();
        ConfigurationKeeper keeper = new(bed.Controller);

        Assert.Equal("There is no database 1.", await keeper.KeepAsync(1, ImmutableSortedDictionary<string, string>.Empty));
        await bed.CreateAsync(Replicated);
        Assert.StartsWith(
            "There is no eviction policy 'x'", await keeper.KeepAsync(1, ImmutableSortedDictionary<string, string>.Empty.Add("maxmemory-policy", "x")));
    }
}
