using System.Text.RegularExpressions;
using Xunit;

namespace Baton.Repository.Tests;

/// <summary>Sizes and habits that keep the code readable. The lists of exceptions may only shrink.</summary>
public sealed partial class BudgetTests
{
    private const int MaxFileLines = 400;
    private const int MaxLineLength = 160;

    private static readonly string[] LongFiles = [];

    /// <summary>A process of its own that a test kills; its pause only ends it when the test could not.</summary>
    private static readonly string[] WaitsToBeKilled = ["tests/Baton.Server.Tests/Engines/EngineHostProcess.cs"];

    [Fact]
    public void No_source_file_is_longer_than_its_budget()
    {
        string[] offenders = [.. Repository.Files("src", "*.cs")
            .Where(file => Repository.Lines(file).Length > MaxFileLines && !LongFiles.Contains(file))
            .Select(file => $"{file}: {Repository.Lines(file).Length} lines, at most {MaxFileLines}: split it by responsibility")];

        Assert.Empty(offenders);
    }

    [Fact]
    public void No_line_is_too_long_to_read()
    {
        string[] offenders = [.. Repository.Files("src", "*.cs")
            .SelectMany(file => Repository.Lines(file).Select((line, index) => (file, line, number: index + 1)))
            .Where(row => row.line.Length > MaxLineLength)
            .Select(row => $"{row.file}:{row.number} has {row.line.Length} characters, at most {MaxLineLength}")];

        Assert.Empty(offenders);
    }

    [Fact]
    public void No_type_or_folder_is_named_for_nothing()
    {
        string[] offenders = [.. Repository.Files("src", "*.cs")
            .Where(file => VagueName().IsMatch(file))];

        Assert.Empty(offenders);
    }

    [Fact]
    public void Nothing_is_left_to_be_done_in_a_comment()
    {
        string[] offenders = [.. Repository.Files("src", "*.cs").Concat(Repository.Files("tests", "*.cs"))
            .Where(file => !file.EndsWith("BudgetTests.cs", StringComparison.Ordinal))
            .Where(file => LeftOver().IsMatch(Repository.Read(file)))];

        Assert.Empty(offenders);
    }

    /// <summary>Waiting for a condition may look every few milliseconds; anything longer is a sleep that decides something.</summary>
    [Fact]
    public void No_test_sleeps()
    {
        string[] offenders = [.. Repository.Files("tests", "*.cs")
            .Where(file => !file.EndsWith("BudgetTests.cs", StringComparison.Ordinal) && !WaitsToBeKilled.Contains(file))
            .Where(file => Sleep().IsMatch(PollPause().Replace(Repository.Read(file), "")))];

        Assert.Empty(offenders);
    }

    [GeneratedRegex(@"(^|/)([A-Za-z]*)(Utils?|Helpers?|Common|Misc|Manager)(\.cs|/)")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException|#region")]
    private static partial Regex LeftOver();

    [GeneratedRegex(@"Thread\.Sleep\(|Task\.Delay\(")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"Task\.Delay\((PollInterval|10|[1-9]|TimeSpan\.FromMilliseconds\((10|[1-9])\))[,)]")]
    private static partial Regex PollPause();
}
