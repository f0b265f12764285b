using System.Globalization;
using Baton.Cluster.Model;
using Baton.Server.Engines;

namespace Baton.Server.Hosting;

/// <summary>Settings that belong to the data once a cluster was made, by the name of their command line option.</summary>
public static class StoredSettings
{
    /// <summary>The names, without dashes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["nodes", "name", "engine", "persist", "shards", "replication", "port"];

    /// <summary>The name databases give an engine.</summary>
    internal static string NameOf(EngineKind engine) => engine == EngineKind.Garnet ? "garnet" : "redis";

    /// <summary>The word databases use for a persistence.</summary>
    internal static string NameOf(PersistenceMode persistence) => persistence switch
    {
        PersistenceMode.None => "none",
        PersistenceMode.Always => "always",
        _ => "everysec",
    };

    /// <exception cref="ClusterHostException">The stored cluster is another one than was asked for.</exception>
    internal static void RequireAgreement(ClusterState stored, ClusterHostOptions options)
    {
        var database = stored.Databases.Values.FirstOrDefault();
        var wanted = options.Database;
        var pairs = new List<(string Name, string Stored, string Asked)>
        {
            ("nodes", Text(stored.Nodes.Count), Text(options.Nodes)),
            ("name", stored.Settings.Name, options.ClusterName),
            ("engine", stored.Settings.DefaultEngine, NameOf(options.Engine)),
            ("persist", stored.Settings.DefaultPersistence, NameOf(options.Persistence)),
        };
        if (database is not null && wanted is not null)
        {
            pairs.Add(("shards", Text(database.ShardsCount), Text(wanted.Shards)));
            pairs.Add(("replication", Text(database.Replication), Text(wanted.Replication)));
            pairs.Add(("port", Text(database.Port), Text(wanted.Port == 0 ? database.Port : wanted.Port)));
        }

        var different = pairs.Where(pair => options.AskedFor.Contains(pair.Name) && pair.Stored != pair.Asked).ToArray();
        if (different.Length > 0)
        {
            var list = string.Join(", ", different.Select(pair => $"--{pair.Name} is {pair.Stored}, asked for was {pair.Asked}"));
            throw new ClusterHostException(
                $"{Path.GetFullPath(options.DataDirectory)} holds a cluster that is another one: {list}. Leave that out to start it "
                + "as it is, or name another directory with --data.");
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(bool value) => value ? "true" : "false";
}
