namespace Baton.Cli.Bench.Reports;

/// <summary>What was to be reached, and whether it was.</summary>
/// <param name="Name">What is judged.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Goal">What it is compared with.</param>
/// <param name="Rule"><c>at most</c> or <c>at least</c>, with what is allowed for noise.</param>
/// <param name="Holds">Whether it does.</param>
internal sealed record BenchGoal(string Name, double Value, double Goal, string Rule, bool Holds)
{
    private const int Digits = 3;

    /// <summary>The value must not be above the goal, but for what noise is allowed. What is printed is what is judged.</summary>
    public static BenchGoal AtMost(string name, double value, double goal, double noise = 0)
    {
        var (shown, most) = (Math.Round(value, Digits), Math.Round(goal, Digits));
        return new BenchGoal(name, shown, most, Rules("at most", noise), shown <= Math.Round(most + noise, Digits));
    }

    /// <summary>The value must not be below the goal, but for what noise is allowed. What is printed is what is judged.</summary>
    public static BenchGoal AtLeast(string name, double value, double goal, double noise = 0)
    {
        var (shown, least) = (Math.Round(value, Digits), Math.Round(goal, Digits));
        return new BenchGoal(name, shown, least, Rules("at least", noise), shown >= Math.Round(least - noise, Digits));
    }

    private static string Rules(string rule, double noise) => noise > 0 ? FormattableString.Invariant($"{rule}, noise {noise:0.###}") : rule;
}
