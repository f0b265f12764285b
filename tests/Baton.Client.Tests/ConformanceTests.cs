using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Baton.Client.Tests;

/// <summary>The table of conformance names tests that exist.</summary>
public sealed partial class ConformanceTests
{
    [Fact]
    public void Every_test_the_table_names_exists()
    {
        var text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "CONFORMANCE.md"));
        var methods = typeof(ConformanceTests).Assembly.GetTypes().SelectMany(static type => type.GetMethods().Select(method => $"{type.Name}.{method.Name}")).ToHashSet();
        var named = Name().Matches(text).Select(static match => match.Groups[1].Value).Distinct().ToList();

        Assert.True(named.Count > 50, named.Count.ToString());
        Assert.All(named, name => Assert.Contains(name, methods));
    }

    private static string Here([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"`([A-Za-z]+\.[A-Za-z0-9]+_\w+)`")]
    private static partial Regex Name();
}
