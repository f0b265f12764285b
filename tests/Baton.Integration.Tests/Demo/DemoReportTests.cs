using System.Text.Json.Nodes;
using Baton.Cli.Demo.Operations;
using Baton.Cli.Demo.View;
using Xunit;

namespace Baton.Integration.Tests.Demo;

public sealed class DemoReportTests
{
    [Fact]
    public void The_json_has_the_promised_fields_under_their_promised_names()
    {
        var json = JsonNode.Parse(Report(failed: 0).ToJson())!.AsObject();

        string[] promised =
        [
            "engine", "nodes", "seconds", "commands", "failed", "lost", "duplicated", "outOfOrder", "unannouncedDisconnects", "operations",
            "latencyMs", "baselineLatencyMs",
        ];
        Assert.All(promised, name => Assert.True(json.ContainsKey(name), name));
        Assert.Equal(["name", "status", "holdMs"], json["operations"]![0]!.AsObject().Select(field => field.Key).Take(3));
        Assert.Equal(["p50", "p99", "p999", "max"], json["latencyMs"]!.AsObject().Select(field => field.Key));
    }

    [Fact]
    public void The_text_says_what_was_counted_and_the_seed_of_a_failed_run()
    {
        var text = new StringWriter();
        VerdictText.Write(text, Report(failed: 3));

        Assert.Contains("1,000 commands in 15.0 s on garnet: 3 failed, 0 lost", text.ToString(), StringComparison.Ordinal);
        Assert.EndsWith($"FAILED (replay the choices with --seed 42){Environment.NewLine}", text.ToString(), StringComparison.Ordinal);
    }

    private static DemoReport Report(long failed)
    {
        var totals = new OperationTotals("migrate");
        totals.Add(new OperationOutcome("completed", null, 0.8, TimeSpan.FromSeconds(1)));
        return new DemoReport
        {
            Engine = "garnet",
            Nodes = 3,
            Shards = 2,
            Seconds = 15,
            Seed = 42,
            Passed = failed == 0,
            Commands = 1000,
            Failed = failed,
            Lost = 0,
            Duplicated = 0,
            OutOfOrder = 0,
            UnannouncedDisconnects = 0,
            Operations = [DemoReport.OperationRow.From(totals)],
            LatencyMs = new LatencyFigures(1, 2, 3, 4),
            BaselineLatencyMs = new LatencyFigures(1, 2, 3, 4),
            Clients = [],
            Notifications = new Dictionary<string, long>(),
            Findings = [],
            Machine = new DemoReport.MachineRow(2, "os", "runtime"),
            Versions = new Dictionary<string, string>(),
        };
    }
}
