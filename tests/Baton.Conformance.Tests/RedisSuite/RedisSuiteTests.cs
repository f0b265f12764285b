using System.Text.RegularExpressions;
using Baton.Lab;
using Baton.TestKit.Processes;
using Xunit;

namespace Baton.Conformance.Tests.RedisSuite;

/// <summary>
/// Redis' own test suite, unmodified, against a plain server and against Baton in the same run: what passes there passes here, but for a list that
/// gives a reason for each.
/// </summary>
public sealed class RedisSuiteTests
{
    private const int Shown = 80;

    /// <summary>What every run of the tests plays; the rest takes many minutes.</summary>
    private static readonly string[] QuickUnits =
    [
        "unit/auth", "unit/protocol", "unit/keyspace", "unit/info", "unit/type/incr", "unit/type/string", "unit/type/hash", "unit/type/set",
        "unit/quit", "unit/introspection", "unit/introspection-2", "unit/acl", "unit/bitfield",
    ];

    private static readonly IReadOnlyList<ExpectedLine> Expected = ExpectedList.Read("RedisSuite", "expected.txt");

    [Fact]
    public Task What_passes_on_a_plain_server_passes_here() => CompareAsync(SuiteVariant.All[0], QuickUnits);

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task All_that_passes_on_a_plain_server_passes_here(string name)
    {
        var variant = SuiteVariant.All.Single(each => each.Name == name);
        Assert.SkipUnless(SuiteSource.Runs(variant), "Takes many minutes: ./test --all runs it.");
        await CompareAsync(variant, null);
    }

    public static TheoryData<string> Variants() => [.. SuiteVariant.All.Select(variant => variant.Name)];

    private static async Task CompareAsync(SuiteVariant variant, IReadOnlyList<string>? units)
    {
        Assert.SkipWhen(SuiteSource.Missing is not null, SuiteSource.Missing ?? "");
        units ??= await SuiteRun.UnitsAsync();
        var here = RunHereAsync(variant, units);
        var plain = await RunPlainAsync(variant, units);
        var ours = await here;

        string[] passing = [.. plain.Where(pair => pair.Value.Passed).Select(pair => pair.Key)];
        string[] differing = [.. passing.Where(test => !ours.TryGetValue(test, out var outcome) || !outcome.Passed)];
        ExpectedLine[] expected = [.. Expected.Where(line => line.IsOf(variant.Name))];
        string[] left = [.. differing.Where(test => !expected.Any(line => Names(line, test)))];
        string[] unmet = units.Count > QuickUnits.Length
            ? [.. expected.Where(line => line is { IsChance: false, IsLeftOut: false } && !differing.Any(test => Names(line, test)))
                .Select(line => $"{line.Place} {line.Text}")]
            : [];
        string count = $"Redis' own suite, {units.Count} units, {variant.Name}: {passing.Length} tests pass on a plain server, "
            + $"{passing.Length - differing.Length} of them here, {differing.Length} differ, {left.Length} of these not as expected";
        Reports.Write($"suite-{variant.Name}.txt", differing.Select(Describe));
        Reports.Write($"suite-{variant.Name}.count", [count]);
        Assert.True(
            left.Length + unmet.Length == 0,
            $"{count}:\n"
            + string.Join('\n', left.Take(Shown).Select(Describe))
            + $"\nExpected to differ, and do not (take them off the list):\n{string.Join('\n', unmet)}");

        string Describe(string test) => $"{test}\n    {(ours.TryGetValue(test, out var outcome) ? outcome.Detail : "did not run")}";
    }

    // The suite's runner knows tests by their names alone, or by a pattern that begins with a slash.
    private static IEnumerable<string> LeftOut(SuiteVariant variant) => Expected.Where(line => line.IsLeftOut && line.IsOf(variant.Name))
        .Select(line => line.Text[(line.Text.IndexOf(": ", StringComparison.Ordinal) + 2)..])
        .SelectMany(name => new[] { "--skiptest", $"/^{Regex.Escape(name).Replace("\\*", ".*", StringComparison.Ordinal)}$" });

    private static bool Names(ExpectedLine line, string test) => new Glob(line.Text, ignoreCase: false).Matches(test);

    private static async Task<IReadOnlyDictionary<string, SuiteOutcome>> RunPlainAsync(SuiteVariant variant, IReadOnlyList<string> units)
    {
        await using var server = await PlainRedis.StartAsync();
        return await RunAsync($"plain-{variant.Name}", variant, "127.0.0.1", server.Port, units);
    }

    private static async Task<IReadOnlyDictionary<string, SuiteOutcome>> RunHereAsync(SuiteVariant variant, IReadOnlyList<string> units)
    {
        await using var cluster = await BatonProcess.StartAsync(
            new BatonOptions { Engine = variant.Engine, Shards = variant.Shards, Notifications = false, DelayMs = 100 });
        await using var moves = variant.Moves ? new ShardMoves(cluster) : null;
        var outcomes = await RunAsync(variant.Name, variant, await cluster.HostAsync(), cluster.Port, units);
        Assert.True(moves is null or { Count: > 0 }, "No shard was moved during the run.");
        return outcomes;
    }

    private static async Task<IReadOnlyDictionary<string, SuiteOutcome>> RunAsync(
        string name, SuiteVariant variant, string host, int port, IReadOnlyList<string> units)
    {
        await using var relay = variant.Resp3 ? new Resp3Relay(host, port) : null;
        return await new SuiteRun(name, relay is null ? host : "127.0.0.1", relay?.Port ?? port, [.. variant.Flags, .. LeftOut(variant)]).RunAsync(units);
    }
}
