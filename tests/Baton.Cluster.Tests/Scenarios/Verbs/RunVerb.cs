namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>run</c>: everything happens, timers too, until nothing is left</summary>
internal sealed class RunVerb : IScenarioVerb
{
    public string Name => "run";

    public void Do(ScenarioWorld world, string[] words)
    {
        do
        {
            world.Settle();
        }
        while (world.FireTimer());
    }
}
