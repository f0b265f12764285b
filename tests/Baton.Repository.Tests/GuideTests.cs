using System.Text.RegularExpressions;
using Xunit;

namespace Baton.Repository.Tests;

/// <summary>The code people read is code that was compiled: each block of C# stands word for word in a file of samples/Guide, which the build compiles.</summary>
public sealed partial class GuideTests
{
    private const int MaxSampleLines = 60;

    public static TheoryData<string> Pages() => [.. Repository.Files("docs/guide", "*.md"), "README.md"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_block_of_CSharp_is_compiled(string page)
    {
        string[] compiled = [.. Repository.Files("samples/Guide", "*.cs").Select(file => Flat(Repository.Read(file)))];
        string[] loose = [.. Block().Matches(Repository.Read(page))
            .Select(match => Flat(match.Groups[1].Value))
            .Where(block => !compiled.Any(file => file.Contains(block, StringComparison.Ordinal)))];

        Assert.Empty(loose);
    }

    [Fact]
    public void The_guide_has_code_at_all()
    {
        Assert.True(Pages().Sum(page => Block().Count(Repository.Read(page.Data))) > 20);
    }

    [Fact]
    public void Samples_are_short_and_in_the_solution()
    {
        string solution = Repository.Read("Baton.slnx");
        string[] offenders = [.. Repository.Files("samples", "*.csproj").Where(file => !solution.Contains(file, StringComparison.Ordinal))];
        string[] programs = [.. Repository.Files("samples", "Program.cs")];

        Assert.Empty(offenders);
        Assert.Equal(3, programs.Length);
        Assert.All(programs, file => Assert.InRange(Repository.Lines(file).Length, 1, MaxSampleLines - 1));
    }

    /// <summary>Lines without what indents them, with a line feed before and after each.</summary>
    private static string Flat(string text) => "\n" + string.Concat(text.Trim('\n').Split('\n').Select(line => line.Trim() + "\n"));

    [GeneratedRegex(@"^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
