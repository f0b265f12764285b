using Baton.Cluster.Operations;

namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>bloat 1</c>: the files of shard 1's instance have outgrown its database; <c>bloat 1 4</c>: those of its former instance 4</summary>
internal sealed class BloatVerb : IScenarioVerb
{
    public string Name => "bloat";

    public void Do(ScenarioWorld world, string[] words)
    {
        int shard = int.Parse(words[0], null);
        long instance = words.Length > 1 ? long.Parse(words[1], null) : world.State.Shards[shard].InstanceId;
        world.Step(new ShardBloated(shard, instance, 1L << 30));
    }
}
