using Baton.Cluster.Model;

namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary><c>show</c>: databases and shards</summary>
internal sealed class ShowVerb : IScenarioVerb
{
    public string Name => "show";

    public void Do(ScenarioWorld world, string[] words)
    {
        foreach (DatabaseState database in world.State.Databases.Values)
        {
            string nodes = string.Join(",", database.BoundNodes);
            world.Write($"db {database.Uid} {database.Status} {database.ProxyPolicy} on node {nodes}, next sequence {database.NextSequence}");
            foreach (ShardState shard in world.State.ShardsOf(database.Uid))
            {
                world.Write($"  shard {shard.Uid} {shard.Role} {shard.FirstSlot}-{shard.LastSlot} "
                    + $"node {shard.NodeUid} instance {shard.InstanceId} {shard.Status}");
            }
        }
    }
}
