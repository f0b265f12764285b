namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>timer</c>: the next timer fires</summary>
internal sealed class TimerVerb : IScenarioVerb
{
    public string Name => "timer";

    public void Do(ScenarioWorld world, string[] words) => Assert.True(world.FireTimer());
}
