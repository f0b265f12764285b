using System.Globalization;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>update memory=2000000 eviction=allkeys-lru name=other</c>: of database 1</summary>
internal sealed class UpdateVerb : IScenarioVerb
{
    public string Name => "update";

    public void Do(ScenarioWorld world, string[] words) => world.Send(new UpdateDatabase(1)
    {
        MemorySize = words.Value("memory") is { } memory ? long.Parse(memory, CultureInfo.InvariantCulture) : null,
        EvictionPolicy = words.Value("eviction"),
        Name = words.Value("name"),
    });
}
