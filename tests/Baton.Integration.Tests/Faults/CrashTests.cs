using System.Text.Json.Nodes;
using Baton.TestKit;
using Baton.TestKit.Processes;
using Xunit;

namespace Baton.Integration.Tests.Faults;

/// <summary>
/// <c>kill -9</c> of the whole process after each stored step of an operation, and a start on the same data: everything acknowledged is
/// there, the operation was completed or rolled back and says so, the cluster serves, nothing of the old process is left.
/// </summary>
[Collection(FaultCollection.Name)]
[Trait("Promise", "kept")]
public sealed class CrashTests : IAsyncDisposable
{
    private const int MaxSteps = 16;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);
    private BatonProcess? _cluster;

    [Theory]
    [InlineData("garnet", "migrate")]
    [InlineData("redis", "migrate")]
    [InlineData("redis", "failover")]
    [InlineData("garnet", "bind")]
    public async Task a_kill_after_any_step_of_an_operation_loses_nothing_and_the_operation_ends(string engine, string operation)
    {
        var options = new BatonOptions
        {
            Engine = engine, Replication = operation == "failover", Persistence = "always", DelayMs = 50, GraceSeconds = 1,
        };
        _cluster = await BatonProcess.StartAsync(options);
        var cutShort = true;
        for (var step = 1; cutShort; step++)
        {
            Assert.True(step <= MaxSteps, $"The operation still was not over after {MaxSteps} stored steps.");
            cutShort = await KillAtAsync(_cluster, operation, step);
        }
    }

    /// <summary>Ends the cluster that runs now, whatever the test came to.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    // Returns whether the operation was cut short; then another process runs the cluster.
    private async Task<bool> KillAtAsync(BatonProcess cluster, string operation, int step)
    {
        var host = await cluster.HostAsync();
        var load = await AckedCounters.StartAsync(host, cluster.Port, $"{operation}-{step}");
        await using var _ = load;
        var watch = new StateFileWatch(cluster.DataDirectory);
        var lines = watch.Lines();
        var over = false;
        var kill = watch.KillAtAsync(cluster.Child.Id, lines + step, () => Volatile.Read(ref over));
        var action = await TryStartAsync(cluster, operation);
        if (action is not null)
        {
            var end = await TryEndAsync(cluster, action);
            Assert.True(end?["status"]?.GetValue<string>() is null or "completed", end?.ToJsonString());
        }

        Volatile.Write(ref over, true);
        if (!await kill)
        {
            await load.StopAsync();
            return false;
        }

        await cluster.Child.ExitAsync(EndLimit);
        await Eventually.TrueAsync(
            () => ProcessTable.UsersOf(cluster.DataDirectory).Count == 0, EndLimit, "no process of the killed cluster",
            () => string.Join(' ', ProcessTable.UsersOf(cluster.DataDirectory)));
        _cluster = await cluster.RestartAsync();
        await load.StopAsync();
        await ExpectWholeAsync(_cluster, load, action, step);
        return true;
    }

    private static async Task ExpectWholeAsync(BatonProcess cluster, AckedCounters load, string? action, int step)
    {
        if (action is not null)
        {
            var end = await cluster.Api.EndAsync(action, EndLimit);
            var saysWhy = end["status"]!.GetValue<string>() == "completed" || end["error"]!.GetValue<string>().Length > 0;
            Assert.True(saysWhy, $"step {step}: {end.ToJsonString()}");
        }

        await Eventually.TrueAsync(
            async () => await cluster.Api.StatusAsync(cluster.Database) == "active", EndLimit, $"step {step}: active database");
        var host = await cluster.HostAsync();
        var differences = await load.DifferencesAsync(host, cluster.Port);
        Assert.True(differences.Count == 0, $"step {step}: {string.Join("; ", differences)}");
        await using var again = await AckedCounters.StartAsync(host, cluster.Port, $"after-{step}");
        await again.StopAsync();
        Assert.Null(again.Broken);
    }

    // The process may be killed before it answers.
    private static async Task<string?> TryStartAsync(BatonProcess cluster, string operation)
    {
        try
        {
            return await StartAsync(cluster, operation);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    private static async Task<string> StartAsync(BatonProcess cluster, string operation)
    {
        var shards = await cluster.Api.ShardsAsync();
        var master = shards.Single(shard => shard.IsMaster);
        switch (operation)
        {
            case "migrate":
                return await cluster.Api.MigrateAsync([master.Uid], master.Node % cluster.NodeAddresses.Count + 1);
            case "failover":
                return await cluster.Api.FailoverAsync([master.Uid]);
            default:
                var here = cluster.NodeAt(await cluster.HostAsync());
                var change = new JsonObject
                {
                    ["proxy_policy"] = "single",
                    ["endpoint"] = "1:1",
                    ["target_node_uid"] = here % cluster.NodeAddresses.Count + 1,
                };
                return await cluster.Api.BindAsync(cluster.Database, change);
        }
    }

    private static async Task<JsonNode?> TryEndAsync(BatonProcess cluster, string action)
    {
        try
        {
            return await cluster.Api.EndAsync(action, EndLimit);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }
}
