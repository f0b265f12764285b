namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>nodes 4</c>: a cluster of so many nodes</summary>
internal sealed class NodesVerb : IScenarioVerb
{
    public string Name => "nodes";

    public void Do(ScenarioWorld world, string[] words) => world.State = TestClusters.WithNodes(int.Parse(words[0], null));
}
