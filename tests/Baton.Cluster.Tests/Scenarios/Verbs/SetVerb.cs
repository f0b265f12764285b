using Baton.Cluster.Requests;

namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>set silent-shrink</c></summary>
internal sealed class SetVerb : IScenarioVerb
{
    public string Name => "set";

    public void Do(ScenarioWorld world, string[] words)
    {
        Assert.Equal("silent-shrink", words[0]);
        world.Send(new UpdateCluster { SilentEndpointShrink = true });
    }
}
