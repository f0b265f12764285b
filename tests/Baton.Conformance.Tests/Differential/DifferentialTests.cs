using Baton.Conformance.Tests.RedisSuite;
using Baton.Lab;
using Baton.TestKit.Processes;
using Xunit;

namespace Baton.Conformance.Tests.Differential;

/// <summary>The same commands, the same answers as a plain redis-server, type for type; what is otherwise stands in one list.</summary>
public sealed class DifferentialTests(Comparison comparison) : IClassFixture<Comparison>
{
    private const int Shown = 60;

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Every_answer_is_the_plain_servers(string variant)
    {
        Assert.SkipWhen(!PlainRedis.IsInstalled, SuiteSource.NoServer);
        var left = comparison.Unexplained(await comparison.DifferencesAsync(ClusterVariant.All.Single(each => each.Name == variant)));
        var report = Reports.Write($"differences-{variant}.txt", left.Select(difference => difference.ToString()));
        Assert.True(left.Count == 0, $"{left.Count} answers differ, all in {report}:\n{string.Join('\n', left.Take(Shown))}");
    }

    [Fact]
    public async Task Every_expected_difference_is_still_one()
    {
        Assert.SkipWhen(!PlainRedis.IsInstalled, SuiteSource.NoServer);
        foreach (var variant in ClusterVariant.All)
        {
            comparison.Unexplained(await comparison.DifferencesAsync(variant));
        }

        Assert.True(comparison.Unmet.Count == 0, $"Take these off the list, nothing differs so any more:\n{string.Join('\n', comparison.Unmet)}");
    }

    public static TheoryData<string> Variants() => [.. ClusterVariant.All.Select(variant => variant.Name)];
}
