using System.Text.RegularExpressions;
using Xunit;

namespace Baton.Repository.Tests;

/// <summary>Documents that cannot rot unseen: links resolve, named paths exist, nothing of somebody's machine is in them.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents() => [.. Repository.Files(".", "*.md")];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Relative_links_resolve(string document)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        string[] broken = [.. Link().Matches(Repository.Read(document))
            .Select(match => match.Groups[1].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(folder, target)))];

        Assert.Empty(broken);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Paths_of_the_repository_that_a_document_names_exist(string document)
    {
        string[] missing = [.. CodePath().Matches(Repository.Read(document))
            .Select(match => match.Groups[1].Value.TrimEnd('/'))
            .Where(path => !Path.Exists(Path.Combine(Repository.Root, path)))];

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_decision_is_in_the_index()
    {
        string index = Repository.Read("docs/decisions/README.md");
        string[] missing = [.. Repository.Files("docs/decisions", "0*.md").Where(file => !index.Contains($"]({Path.GetFileName(file)})", StringComparison.Ordinal))];

        Assert.Empty(missing);
    }

    [Fact]
    public void No_tracked_text_names_a_path_of_somebodys_machine()
    {
        string[] folders = ["src", "tests", "docs", "eng", "samples", ".ci"];
        string[] offenders = [.. folders.SelectMany(folder => Repository.Files(folder, "*"))
            .Where(file => Path.GetExtension(file) is ".cs" or ".md" or ".sh" or ".js" or ".mjs" or ".props" or ".json" or "")
            .Where(file => !file.EndsWith("DocumentTests.cs", StringComparison.Ordinal) && MachinePath().IsMatch(Repository.Read(file)))];

        Assert.Empty(offenders);
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:src|tests|docs|eng|bench|samples)/[A-Za-z0-9_./-]+)`")]
    private static partial Regex CodePath();

    [GeneratedRegex(@"(^|[^A-Za-z0-9_.])/(work|farm|root|home/[a-z]+)/")]
    private static partial Regex MachinePath();
}
