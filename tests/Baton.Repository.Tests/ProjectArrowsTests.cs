using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Baton.Repository.Tests;

/// <summary>The projects reference each other only along the arrows of ARCHITECTURE.md.</summary>
public sealed partial class ProjectArrowsTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Baton.Protocol"] = [],
        ["Baton.Cluster"] = ["Baton.Protocol"],
        ["Baton.Server"] = ["Baton.Cluster", "Baton.Protocol"],
        ["Baton.Client"] = ["Baton.Protocol"],
        ["Baton.Client.StackExchangeRedis"] = ["Baton.Client"],
        ["Baton.Lab"] = ["Baton.Protocol"],
        ["Baton.Cli"] = ["Baton.Client", "Baton.Client.StackExchangeRedis", "Baton.Lab", "Baton.Server"],
    };

    [Fact]
    public void Every_project_of_src_references_only_what_its_arrows_allow()
    {
        foreach (string file in Repository.Files("src", "*.csproj"))
        {
            string project = Path.GetFileNameWithoutExtension(file);
            Assert.True(Allowed.ContainsKey(project), $"{project} is not in the table of arrows: add it there and to ARCHITECTURE.md.");
            Assert.Equal(Allowed[project].Order(), References(file).Order());
        }
    }

    [Fact]
    public void The_protocol_and_the_decision_core_reference_no_package()
    {
        foreach (string project in (string[])["src/Baton.Protocol/Baton.Protocol.csproj", "src/Baton.Cluster/Baton.Cluster.csproj"])
        {
            Assert.Empty(XDocument.Parse(Repository.Read(project)).Descendants("PackageReference"));
        }
    }

    [Theory]
    [InlineData("src/Baton.Protocol")]
    [InlineData("src/Baton.Cluster")]
    public void The_protocol_and_the_decision_core_know_no_socket_thread_task_or_file(string folder)
    {
        string[] offenders = [.. Repository.Files(folder, "*.cs")
            .Where(file => EffectNamespaces().IsMatch(Repository.Read(file)))];

        Assert.Empty(offenders);
    }

    [Fact]
    public void Architecture_shows_exactly_the_projects_there_are()
    {
        string text = Repository.Read("ARCHITECTURE.md");
        HashSet<string> named = [.. ProjectName().Matches(text).Select(match => match.Value)];

        Assert.Equal(Allowed.Keys.Order(), named.Where(name => !name.EndsWith("Tests", StringComparison.Ordinal) && name != "Baton.TestKit").Order());
    }

    private static IEnumerable<string> References(string file) =>
        XDocument.Parse(Repository.Read(file)).Descendants("ProjectReference")
            .Select(element => Path.GetFileNameWithoutExtension(element.Attribute("Include")!.Value.Replace('\\', '/')));

    [GeneratedRegex(@"System\.Net\.Sockets|System\.Threading\.Tasks|System\.Threading\.Thread\b|System\.IO\.File|\basync\b|\bTask<")]
    private static partial Regex EffectNamespaces();

    [GeneratedRegex(@"\bBaton\.(Protocol|Cluster|Server|Cli|Lab|Client\.StackExchangeRedis|Client|TestKit|[A-Z][a-zA-Z.]+\.Tests)\b")]
    private static partial Regex ProjectName();
}
