using Baton.Cli.Bench.Clients;
using Xunit;

namespace Baton.Integration.Tests.Bench;

/// <summary>What <c>baton bench client</c> concludes from its legs.</summary>
public sealed class ClientBenchReportTests
{
    [Fact]
    public async Task Every_goal_holds_when_every_leg_reaches_it()
    {
        var report = await ReportAsync(ops: 2.2, cpu: 0.42, bytes: 72, bytesInto: 8);

        Assert.All(report.Goals, static goal => Assert.True(goal.Holds, goal.Name));
        Assert.Equal(22, report.Goals.Count);
    }

    [Theory]
    [InlineData(2.19, 0.42, 72, 8, 4)]
    [InlineData(2.2, 0.43, 72, 8, 4)]
    [InlineData(2.2, 0.42, 73, 8, 4)]
    [InlineData(2.2, 0.42, 72, 9, 4)]
    public async Task A_goal_is_missed_when_its_figure_is_just_beyond_it(double ops, double cpu, double bytes, double bytesInto, int missed)
    {
        var report = await ReportAsync(ops, cpu, bytes, bytesInto);

        Assert.Equal(missed, report.Goals.Count(static goal => !goal.Holds));
    }

    [Theory]
    [InlineData(1.0, 1.0, 1.0, true)]
    [InlineData(0.96, 0.91, 1.01, true)] // 0.05 from the median, in the median.
    [InlineData(0.9, 0.9, 0.9, false)] // Slower in each round alike is no noise.
    [InlineData(0.8, 0.5, 1.1, false)] // No more than 0.1 is taken for noise.
    public async Task At_one_caller_the_rounds_own_spread_is_allowed(double first, double second, double third, bool holds)
    {
        double[] ratios = [first, second, third];
        var legs = ratios.SelectMany((ratio, i) => Pair(i + 1, ClientTest.Get, 1, ratio, 1, 56)).ToList();

        var report = await ClientBenchReport.MakeAsync(Options, legs, TestContext.Current.CancellationToken);

        Assert.Equal(holds, Assert.Single(report.Goals, static goal => goal.Name.StartsWith("operations", StringComparison.Ordinal)).Holds);
    }

    [Fact]
    public async Task Ratios_are_made_within_a_round()
    {
        // The machine is ten times slower in the second round, for both alike.
        var legs = new[] { 1.0, 0.1, 1.0 }.SelectMany((speed, i) => new[]
        {
            Leg(i + 1, ClientBench.Baton, 64, 300 * speed), Leg(i + 1, ClientBench.StackExchange, 64, 100 * speed),
        }).ToList();

        var row = Assert.Single(ClientBenchSummary.Of(legs), static row => row.Client == ClientBench.Baton);

        Assert.Equal(3, row.OpsRatio!.Value, 6);
        Assert.Equal(0, row.OpsRatioNoise!.Value, 6);
    }

    private static ClientBenchOptions Options => new() { Rounds = 1, SecondsPerLeg = 1 };

    private static ClientBenchLeg Leg(int round, string client, int callers, double ops) =>
        new(round, client, ClientTest.Get, callers, new LegFigures(1000, ops, 1, 56, 1, 1));

    private static IEnumerable<ClientBenchLeg> Pair(int round, string test, int callers, double ops, double cpu, double bytes) =>
    [
        new(round, ClientBench.Baton, test, callers, new LegFigures(1000, 1000 * ops, 10 * cpu, bytes, 1, 1)),
        new(round, ClientBench.StackExchange, test, callers, new LegFigures(1000, 1000, 10, 300, 1, 1)),
    ];

    private static Task<ClientBenchReport> ReportAsync(double ops, double cpu, double bytes, double bytesInto)
    {
        var legs = Options.Callers.SelectMany(callers => new[]
        {
            Pair(1, ClientTest.Set, callers, ops, cpu, bytes),
            Pair(1, ClientTest.Get, callers, ops, cpu, bytes),
            Pair(1, ClientTest.GetInto, callers, ops, cpu, bytesInto).Take(1),
        }.SelectMany(static legs => legs)).ToList();
        return ClientBenchReport.MakeAsync(Options, legs, TestContext.Current.CancellationToken);
    }
}
