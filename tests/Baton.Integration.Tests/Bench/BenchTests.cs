using System.Diagnostics;
using System.Text.Json.Nodes;
using Baton.Cli.Demo;
using Baton.Integration.Tests.Demo.Load;
using Xunit;

namespace Baton.Integration.Tests.Bench;

/// <summary>The benchmarks as people run them, with legs too short to say anything of speed: counts are judged here, not times.</summary>
public sealed class BenchTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task The_clients_are_measured_side_by_side()
    {
        var report = await RunAsync("client", "--rounds", "1", "--seconds", "0.1");

        Assert.Equal(20, report["legs"]!.AsArray().Count);
        Assert.All(report["legs"]!.AsArray(), static leg => Assert.True((long)leg!["figures"]!["commands"]! > 0));
        Assert.All(report["legs"]!.AsArray(), static leg => Assert.True((double)leg!["figures"]!["cpuMicros"]! > 0));
        Assert.Equal(22, report["goals"]!.AsArray().Count);
    }

    // The peer's failures in C2 show that the relay plays the row; Baton.Client's absence of failures is what the bench is for.
    [Fact]
    public async Task A_maintenance_that_fails_the_peers_commands_fails_none_of_ours()
    {
        var report = await RunAsync("handoff", "--rows", "C2");
        var failed = report["results"]!.AsArray().ToDictionary(static result => (string)result!["client"]!, static result => (int)result!["failed"]!);

        Assert.Equal(0, failed["Baton.Client"]);
        Assert.Equal(0, failed["StackExchange.Redis+Baton"]);
        Assert.NotEqual(0, failed["StackExchange.Redis"]);
        Assert.All(report["results"]!.AsArray(), static result => Assert.True((int)result!["answered"]! > 100));
    }

    [Fact]
    public async Task A_shard_is_held_with_everything_that_clients_can_hold()
    {
        var report = await RunAsync("hold", "--rounds", "1", "--count", "30", "--disk-load", "1");

        var rows = report["summary"]!.AsArray().Select(static row => $"{row!["engine"]} {row["case"]} {row["count"]}").Order();
        Assert.Equal(
            [
                "garnet blocked 30", "garnet nothing 0", "garnet scripts 30", "garnet subscribers 30", "garnet watches 30",
                "redis blocked 30", "redis nothing 0", "redis scripts 30", "redis subscribers 30", "redis watches 30",
            ],
            rows);
        Assert.All(report["summary"]!.AsArray(), static row => Assert.True((double)row!["medianMs"]! > 0 && (double)row["ratio"]! > 0));
        Assert.Equal(8, report["goals"]!.AsArray().Count);
        Assert.Equal(1, (int)report["settings"]!["diskLoad"]!);
    }

    private static async Task<JsonNode> RunAsync(params string[] arguments)
    {
        Assert.SkipUnless(PlainRedis.IsInstalled, "redis-server is not installed (apt-get install redis-server)");
        using var limit = new CancellationTokenSource(Bound);
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(DemoCommand).Assembly.Location, "bench", .. arguments, "--json", "-"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}\n{await error}\n{await output}");
            return JsonNode.Parse(await output)!;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
