using System.Diagnostics;
using System.Text.Json.Nodes;
using Baton.Cli.Demo;
using Baton.Integration.Tests.Demo.Load;
using Xunit;

namespace Baton.Integration.Tests.Demo;

/// <summary>The demo as people run it: the whole program, a real cluster, real load, every operation.</summary>
public sealed class DemoTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task On_the_embedded_engine_every_operation_completes_and_nothing_fails()
    {
        var report = await RunAsync("garnet");

        AssertNothingWrong(report);
        AssertStatus(report, "completed", "migrate", "migrate several", "bind", "bind all-nodes", "bind all-master-shards", "bind single");
        AssertStatus(report, "unsupported", "failover");
        AssertNotified(report, "MIGRATING", "MIGRATED", "MOVING");
    }

    [Fact]
    public async Task On_redis_every_operation_completes_and_nothing_fails()
    {
        Assert.SkipUnless(PlainRedis.IsInstalled, "redis-server is not installed (apt-get install redis-server)");
        var report = await RunAsync("redis");

        AssertNothingWrong(report);
        AssertStatus(report, "completed", "migrate", "migrate several", "migrate replicas", "failover");
        AssertStatus(report, "completed", "bind", "bind all-nodes", "bind all-master-shards", "bind single");
        AssertNotified(report, "MIGRATING", "MIGRATED", "FAILING_OVER", "FAILED_OVER", "MOVING");
    }

    private static void AssertNothingWrong(JsonNode report)
    {
        Assert.Empty(report["findings"]!.AsArray());
        string[] counts = ["failed", "lost", "duplicated", "outOfOrder", "unannouncedDisconnects"];
        Assert.All(counts, name => Assert.Equal(0, (long)report[name]!));
        Assert.True((bool)report["passed"]!);
        Assert.True((long)report["commands"]! > 1000);
        Assert.All(report["clients"]!.AsArray(), row => Assert.NotEqual(0, (long)row!["commands"]! + (long)row["messages"]!));
        string[] own = ["Baton.Client", "Baton.Client blocking", "Baton.Client subscriber"];
        Assert.Superset(own.ToHashSet(), report["clients"]!.AsArray().Select(row => (string)row!["client"]!).ToHashSet());
        Assert.NotEqual(0, (long)report["clients"]!.AsArray().Single(row => (string?)row!["client"] == "Baton.Client")!["handoffs"]!);
    }

    private static void AssertStatus(JsonNode report, string status, params string[] names) => Assert.All(names, name =>
        Assert.Equal(status, (string?)report["operations"]!.AsArray().Single(row => (string?)row!["name"] == name)!["status"]));

    private static void AssertNotified(JsonNode report, params string[] types) =>
        Assert.All(types, type => Assert.True((long?)report["notifications"]![type] > 0, type));

    private static async Task<JsonNode> RunAsync(string engine)
    {
        using var limit = new CancellationTokenSource(Bound);

        // Other tests run beside this one: a hold that a busy machine makes long is no failure here. Its length is a benchmark's business.
        using var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                typeof(DemoCommand).Assembly.Location, "demo", "--engine", engine, "--seconds", "15", "--json", "-",
                "--hold-limit-ms", "10000", "--rate", "3000",
            },
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
            process.Kill(entireProcessTree: true);
        }
    }
}
