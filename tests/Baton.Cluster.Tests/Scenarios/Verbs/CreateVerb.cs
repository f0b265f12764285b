using Baton.Cluster.Model;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>create name=db shards=2 replication=true placement=sparse policy=AllNodes port=12000 engine=redis persistence=none</c></summary>
internal sealed class CreateVerb : IScenarioVerb
{
    public string Name => "create";

    public void Do(ScenarioWorld world, string[] words)
    {
        world.Send(new CreateDatabase
        {
            Name = words.Value("name") ?? "db",
            MemorySize = long.Parse(words.Value("memory") ?? "1048576", null),
            Port = int.Parse(words.Value("port") ?? "12000", null),
            ShardsCount = int.Parse(words.Value("shards") ?? "1", null),
            Replication = words.Value("replication") == "true",
            Placement = Enum.Parse<ShardsPlacement>(words.Value("placement") ?? "Dense"),
            ProxyPolicy = Enum.Parse<ProxyPolicy>(words.Value("policy") ?? "Single"),
            Engine = words.Value("engine"),
            Persistence = words.Value("persistence"),
        });
    }
}
