namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>fail switch shard 1</c>: effects written like this fail from now on; <c>fail</c> alone ends that</summary>
internal sealed class FailVerb : IScenarioVerb
{
    public string Name => "fail";

    public void Do(ScenarioWorld world, string[] words)
    {
        if (words.Length == 0)
        {
            world.Failing.Clear();
        }
        else
        {
            world.Failing.Add(string.Join(" ", words));
        }
    }
}
