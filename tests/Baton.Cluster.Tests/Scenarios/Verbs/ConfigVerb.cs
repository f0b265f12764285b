using System.Collections.Immutable;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>config notify-keyspace-events Ex</c>: as a client says CONFIG SET to database 1</summary>
internal sealed class ConfigVerb : IScenarioVerb
{
    public string Name => "config";

    public void Do(ScenarioWorld world, string[] words)
    {
        world.Send(new ConfigureDatabase(1, ImmutableSortedDictionary<string, string>.Empty.Add(words[0], words[1])));
        if (world.State.Databases.TryGetValue(1, out Model.DatabaseState? database))
        {
            string kept = string.Join(", ", database.Configuration.Select(c => $"{c.Key}={c.Value}"));
            world.Write($"kept: {kept}; {database.EvictionPolicy}; timeout {database.IdleTimeoutSeconds}");
        }
    }
}
