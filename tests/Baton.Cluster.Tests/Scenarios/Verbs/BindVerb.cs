using Baton.Cluster.Model;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>bind 1 policy=Single node=3 include=2 exclude=1</c></summary>
internal sealed class BindVerb : IScenarioVerb
{
    public string Name => "bind";

    public void Do(ScenarioWorld world, string[] words)
    {
        world.Send(new UpdateDatabase(int.Parse(words[0], null))
        {
            ProxyPolicy = words.Value("policy") is { } policy ? Enum.Parse<ProxyPolicy>(policy) : null,
            TargetNodeUid = words.Value("node") is { } node ? int.Parse(node, null) : null,
            IncludeProxies = words.Value("include") is { } include ? [.. include.Numbers()] : null,
            ExcludeProxies = words.Value("exclude") is { } exclude ? [.. exclude.Numbers()] : null,
        });
    }
}
