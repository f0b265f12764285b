using Baton.TestKit.Processes;

namespace Baton.Integration.Tests.Peers;

/// <summary>The cluster's names for the npm programs, which read this file where they would ask a name server.</summary>
public sealed class NamesFile : IDisposable
{
    /// <summary>The database's name in it.</summary>
    public const string DatabaseName = "database.test";

    private readonly BatonProcess _cluster;

    /// <summary>A file with the nodes' names, and the database at one of them.</summary>
    public NamesFile(BatonProcess cluster, string databaseAddress)
    {
        _cluster = cluster;
        Path = System.IO.Path.GetTempFileName();
        PointTo(databaseAddress);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Moves the database's name, at one stroke.</summary>
    public void PointTo(string databaseAddress)
    {
        var lines = _cluster.NodeAddresses
            .Select(node => $"node{node.Key}.{_cluster.Options.Name} {node.Value}")
            .Append($"{DatabaseName} {databaseAddress}");
        var draft = Path + ".new";
        File.WriteAllLines(draft, lines);
        File.Move(draft, Path, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose() => File.Delete(Path);
}
