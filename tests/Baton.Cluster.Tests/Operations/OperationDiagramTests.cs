using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Baton.Cluster.Operations;

namespace Baton.Cluster.Tests.Operations;

/// <summary>The diagram in each operation's folder and its table of phases say the same.</summary>
public sealed partial class OperationDiagramTests
{
    [Fact]
    public void Migrate_diagram_shows_the_table() => Compare("MigrateShards", MoveShardsOperation.Phases);

    [Fact]
    public void Failover_diagram_shows_the_table() => Compare("FailoverShards", MoveShardsOperation.Phases);

    [Fact]
    public void Bind_diagram_shows_the_table() => Compare("BindEndpoint", BindEndpointOperation.Phases);

    [Fact]
    public void Create_diagram_shows_the_table() => Compare("CreateDatabase", CreateDatabaseOperation.Phases);

    [Fact]
    public void Unplanned_failover_diagram_shows_the_table() => Compare("UnplannedFailover", UnplannedFailoverOperation.Phases);

    [Fact]
    public void Delete_diagram_shows_the_table() => Compare("DeleteDatabase", DeleteDatabaseOperation.Phases);

    private static void Compare<TPhase>(string folder, PhaseTable<TPhase> table, [CallerFilePath] string thisFile = "")
        where TPhase : struct, Enum
    {
        string path = Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../src/Baton.Cluster/Operations", folder, "README.md");
        string[] drawn = [.. Edge().Matches(File.ReadAllText(path)).Select(m => $"{m.Groups[1].Value} -> {m.Groups[2].Value}")];
        string[] coded =
        [
            .. table.Initial.Select(p => $"[*] -> {p}"),
            .. table.Edges.Select(e => $"{e.From} -> {e.To}"),
        ];

        Assert.Equal(coded.Order(), drawn.Where(d => !d.EndsWith("[*]", StringComparison.Ordinal)).Order());
        ImmutableHashSet<TPhase> reached = [.. table.Initial, .. table.Edges.Select(e => e.To)];
        Assert.Equal(Enum.GetValues<TPhase>().Order(), reached.Order());
    }

    [GeneratedRegex(@"^\s+(\S+) --> (\S+)", RegexOptions.Multiline)]
    private static partial Regex Edge();
}
