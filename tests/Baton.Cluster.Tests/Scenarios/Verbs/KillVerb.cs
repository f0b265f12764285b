using Baton.Cluster.Operations;

namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>kill 3</c>: an instance dies</summary>
internal sealed class KillVerb : IScenarioVerb
{
    public string Name => "kill";

    public void Do(ScenarioWorld world, string[] words) => world.Step(new InstanceDied(long.Parse(words[0], null), "killed"));
}
