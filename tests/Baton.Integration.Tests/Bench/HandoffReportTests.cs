using Baton.Cli.Bench.Handoff;
using Baton.Cli.Bench.Handoff.Clients;
using Baton.Cli.Bench.Handoff.Load;
using Baton.Cli.Bench.Handoff.Rows;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Baton.Integration.Tests.Bench;

/// <summary>What <c>baton bench handoff</c> concludes from what callers saw.</summary>
public sealed class HandoffReportTests
{
    private static readonly HandoffRow Row = new("X", "a row", static _ => Task.CompletedTask)
    {
        MostFigures = new Dictionary<string, double> { ["lost"] = 0, ["lateMs"] = 100 },
    };

    private static readonly HandoffResult Good = new(Row.Id, HandoffClientKind.Baton)
    {
        LongestGapMs = 220, BaselineGapMs = 100, MachineStallMs = 20, Figures = new Dictionary<string, double> { ["lost"] = 0, ["lateMs"] = 120 },
    };

    [Fact]
    public async Task A_gap_may_be_twice_the_baselines_and_the_machines_own_stall() => Assert.Empty(await MissedAsync(Good));

    [Fact]
    public async Task What_is_beyond_a_goal_misses_it()
    {
        Assert.Equal("X: longest gap, ms", Assert.Single(await MissedAsync(Good with { LongestGapMs = 221 })));
        Assert.Equal("X: commands failed", Assert.Single(await MissedAsync(Good with { Failed = 1 })));
        Assert.Equal("X: lateMs", Assert.Single(await MissedAsync(Good with { Figures = With("lateMs", 121) })));
        Assert.Equal("X: lost", Assert.Single(await MissedAsync(Good with { Figures = With("lost", 1) })));
        Assert.Equal("X: played", Assert.Single(await MissedAsync(Good with { NotPlayedBecause = "no connection" })));
    }

    [Fact]
    public async Task A_figure_that_is_missing_misses_its_goal() =>
        Assert.Equal(2, (await MissedAsync(Good with { Figures = new Dictionary<string, double>() })).Length);

    [Fact]
    public async Task Other_clients_have_no_goals() => Assert.Empty(await MissedAsync(Good with { Client = "another", Failed = 100 }));

    [Fact]
    public void The_longest_gap_counts_answers_of_all_callers_and_the_edges()
    {
        var time = new FakeTimeProvider();
        var (first, second) = (new CallerLog("read", isBlocking: false), new CallerLog("read", isBlocking: false));
        first.Answer(Ms(0), Ms(100));
        second.Answer(Ms(50), Ms(150));
        first.Answer(Ms(390), Ms(400));
        second.Fail(Ms(150), Ms(900), new TimeoutException());

        var figures = LoadFigures.Between([first, second], Ms(90), Ms(500), time);

        Assert.Equal(new LoadFigures(3, 1, 250, 100), figures);
        Assert.Equal(600, LoadFigures.Between([first, second], Ms(90), Ms(1000), time).LongestGapMs);

        long Ms(double milliseconds) => (long)(milliseconds / 1000 * time.TimestampFrequency);
    }

    private static Dictionary<string, double> With(string name, double value) => new(Good.Figures) { [name] = value };

    private static async Task<string[]> MissedAsync(HandoffResult result)
    {
        var report = await HandoffReport.MakeAsync([Row], [result], TestContext.Current.CancellationToken);
        return [.. report.Goals.Where(static goal => !goal.Holds).Select(static goal => goal.Name)];
    }
}
