using Baton.Cluster.Requests;

namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>failover 1,3</c></summary>
internal sealed class FailoverVerb : IScenarioVerb
{
    public string Name => "failover";

    public void Do(ScenarioWorld world, string[] words) => world.Send(new FailoverShards([.. words[0].Numbers()]));
}
