namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>crash</c>: the controller is started again on the stored state</summary>
internal sealed class CrashVerb : IScenarioVerb
{
    public string Name => "crash";

    public void Do(ScenarioWorld world, string[] words) => world.Crash();
}
