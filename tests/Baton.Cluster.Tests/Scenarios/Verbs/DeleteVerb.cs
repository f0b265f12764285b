using Baton.Cluster.Requests;

namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>delete 1</c></summary>
internal sealed class DeleteVerb : IScenarioVerb
{
    public string Name => "delete";

    public void Do(ScenarioWorld world, string[] words) => world.Send(new DeleteDatabase(int.Parse(words[0], null)));
}
