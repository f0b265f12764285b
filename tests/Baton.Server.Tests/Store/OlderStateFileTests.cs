using System.Runtime.CompilerServices;
using Baton.Cluster.Model;
using Baton.Server.Store;
using Xunit;

namespace Baton.Server.Tests.Store;

/// <summary>
/// Names in the state file are not those of classes: a file that an earlier version wrote is read by this one, whatever was renamed between.
/// <c>older.state</c> was written before migrate and failover were called <c>MoveShardsOperation</c>; it is never written anew.
/// </summary>
public sealed class OlderStateFileTests : IDisposable
{
    private const int HeaderLines = 1;

    private readonly string _directory = Directory.CreateTempSubdirectory("baton-older-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Each_line_of_a_file_that_an_earlier_version_wrote_is_read()
    {
        string[] lines = await File.ReadAllLinesAsync(Beside("older.state"), TestContext.Current.CancellationToken);
        SortedSet<string> found = new(StringComparer.Ordinal);
        for (int count = HeaderLines + 1; count <= lines.Length; count++)
        {
            string whole = string.Concat(lines[..count].Select(static line => line + "\n"));
            await File.WriteAllTextAsync(Path.Combine(_directory, FileClusterStore.FileName), whole, TestContext.Current.CancellationToken);
            await using FileClusterStore store = FileClusterStore.Open(_directory);
            ClusterState state = (await store.LoadAsync())!;

            Assert.Equal(count - HeaderLines, state.Revision);
            found.UnionWith(state.Operations.Values.Select(static operation => $"{operation.Name} {operation.PhaseName}"));
        }

        Assert.Equal(
            [
                "bind Announced", "bind Closing", "bind Completed", "bind Opening",
                "create Completed", "create Opening", "create Starting",
                "delete Closing", "delete Completed", "delete Stopping",
                "failover Announced", "failover Closing", "failover Completed", "failover Copying", "failover Switching",
                "migrate Announced", "migrate Closing", "migrate Copying", "migrate Failed", "migrate Resuming", "migrate Switching",
                "unplanned-failover Completed", "unplanned-failover Promoting", "unplanned-failover Replacing",
            ],
            found);
    }

    private static string Beside(string name, [CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, name);
}
