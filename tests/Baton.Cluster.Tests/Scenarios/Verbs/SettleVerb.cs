namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>settle</c>: effects are carried out until only timers are left</summary>
internal sealed class SettleVerb : IScenarioVerb
{
    public string Name => "settle";

    public void Do(ScenarioWorld world, string[] words) => world.Settle();
}
