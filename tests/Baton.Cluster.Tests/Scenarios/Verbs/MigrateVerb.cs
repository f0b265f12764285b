using Baton.Cluster.Requests;

namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>migrate 1,3 to 2</c></summary>
internal sealed class MigrateVerb : IScenarioVerb
{
    public string Name => "migrate";

    public void Do(ScenarioWorld world, string[] words) =>
        world.Send(new MigrateShards([.. words[0].Numbers()], int.Parse(words[2], null)));
}
