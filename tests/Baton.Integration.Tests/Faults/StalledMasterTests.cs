using System.Text.Json.Nodes;
using Baton.TestKit;
using Baton.TestKit.Processes;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Faults;

/// <summary>
/// A master that stops answering in the middle of its move: the move ends in bounded time, and once it answers again all is there.
/// </summary>
[Collection(FaultCollection.Name)]
[Trait("Promise", "kept")]
public sealed class StalledMasterTests
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData("Announced")]
    [InlineData("Copying")]
    [InlineData("Switching")]
    public async Task a_master_that_stalls_delays_its_clients_and_loses_nothing(string phase)
    {
        await using var cluster = await BatonProcess.StartAsync(
            new BatonOptions { Engine = "redis", Persistence = "always", DelayMs = 500 });
        var host = await cluster.HostAsync();
        await using var load = await AckedCounters.StartAsync(host, cluster.Port, phase);
        var master = cluster.EngineProcesses().Single().Id;
        var action = await cluster.Api.MigrateAsync([1], (await cluster.Api.ShardsAsync())[0].Node == 3 ? 2 : 3);
        await Eventually.TrueAsync(async () => await PastAsync(cluster, action, phase), EndLimit, $"phase {phase}");
        Signals.Suspend(master);
        try
        {
            // Long enough that every limit of a switch is hit, unless the switch was over before.
            using var stall = new PeriodicTimer(TimeSpan.FromSeconds(3));
            await stall.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            ResumeIfThere(master);
        }

        var end = await cluster.Api.EndAsync(action, EndLimit);
        Assert.True(end["status"]!.GetValue<string>() == "completed" || end["error"]!.GetValue<string>().Length > 0, end.ToJsonString());
        await load.GoOnAsync(EndLimit);
        await load.StopAsync();
        Assert.Null(load.Broken);
        Assert.Empty(await load.DifferencesAsync(host, cluster.Port));
        Assert.Equal("active", await cluster.Api.StatusAsync(cluster.Database));
    }

    [Fact]
    public async Task a_master_without_a_replica_that_stops_for_good_is_ended_and_comes_back_with_its_data()
    {
        await using var cluster = await BatonProcess.StartAsync(new BatonOptions { Engine = "redis", Persistence = "always" });
        await cluster.Api.PutAsync("/v1/cluster/policy", new JsonObject { ["master_stall_limit_ms"] = 1500 });
        var host = await cluster.HostAsync();
        await using var client = await RawConnection.ConnectAsync(host, cluster.Port);
        await client.ExpectAsync('+', "SET", "k", "v");
        var hung = cluster.EngineProcesses().Single().Id;

        Signals.Suspend(hung);
        var waiting = await client.CallAsync("INCR", "n");

        Assert.True(waiting is { Kind: '-' } && waiting.Text!.Contains("unknown", StringComparison.Ordinal), waiting.ToString());
        await Eventually.TrueAsync(
            async () => (await client.CallAsync("GET", "k")).Text == "v", EndLimit, "the data is served again");
        Assert.NotEqual(hung, cluster.EngineProcesses().Single().Id);
    }

    // Quick phases may be over before they are seen: then the stall hits the next one.
    private static async Task<bool> PastAsync(BatonProcess cluster, string action, string phase)
    {
        var now = await cluster.Api.ActionAsync(action);
        string[] order = ["Announced", "Copying", "Switching", "Closing", "Completed", "Failed"];
        return Array.IndexOf(order, now["state"]!.GetValue<string>()) >= Array.IndexOf(order, phase);
    }

    // After a move that was over in time the old master is gone.
    private static void ResumeIfThere(int process)
    {
        if (Directory.Exists($"/proc/{process}"))
        {
            Signals.Resume(process);
        }
    }
}
