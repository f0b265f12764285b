using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Placement;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Operations;

/// <summary>From a valid request to the database and its shards in the books.</summary>
internal static class DatabaseCreation
{
    private const int SlotCount = 16384;

    /// <summary>Ports from which one is chosen when none is named.</summary>
    private const int FirstPort = 12000;
    private const int LastPort = 19999;

    public static RequestResult Start(StepScope scope, CreateDatabase request)
    {
        DatabaseState database = Describe(scope, request);
        scope.Put(database);
        scope.State = scope.State with { NextDatabaseUid = Math.Max(scope.State.NextDatabaseUid, database.Uid + 1) };
        ImmutableArray<PlacedShard> plan =
            PlacementPlanner.Plan(scope.State, database.ShardsCount, database.Replication, database.Placement)!.Value;
        AddShards(scope, database, plan);

        (long id, string uid) = RequestHandler.NewId(scope);
        scope.Begin(new CreateDatabaseOperation
        {
            Id = id,
            ActionUid = uid,
            DatabaseUid = database.Uid,
            StartedAt = scope.Now,
            Wanted = PlacementPlanner.NodesOf(scope.State, plan.Select(p => p.MasterNode), database.ProxyPolicy, [], []),
        });
        return new RequestResult([], [uid], database.Uid);
    }

    private static DatabaseState Describe(StepScope scope, CreateDatabase request)
    {
        ClusterSettings settings = scope.Settings;
        bool sharded = request.Sharding ?? request.ShardsCount > 1;
        return new DatabaseState
        {
            Uid = request.Uid ?? scope.State.NextDatabaseUid,
            Name = request.Name,
            Port = request.Port is null or 0 ? FreePort(scope.State) : request.Port.Value,
            MemorySize = request.MemorySize,
            Engine = request.Engine ?? settings.DefaultEngine,
            Persistence = request.Persistence ?? settings.DefaultPersistence,
            Replication = request.Replication,
            Sharding = sharded,
            ShardsCount = request.ShardsCount,
            Placement = request.Placement,
            ProxyPolicy = request.ProxyPolicy ?? (sharded ? settings.DefaultShardedProxyPolicy : settings.DefaultNonShardedProxyPolicy),
            Password = string.IsNullOrEmpty(request.Password) ? null : request.Password,
            EvictionPolicy = request.EvictionPolicy,
            ShardKeyRegex = request.ShardKeyRegex.IsDefault ? [] : request.ShardKeyRegex,
            CreatedTime = scope.Now,
            LastChangedTime = scope.Now,
            Extra = request.Extra,
        };
    }

    private static int FreePort(ClusterState state)
    {
        ImmutableHashSet<int> taken = [.. state.Databases.Values.Select(d => d.Port)];
        return Enumerable.Range(FirstPort, LastPort - FirstPort + 1).FirstOrDefault(p => !taken.Contains(p), FirstPort);
    }

    private static void AddShards(StepScope scope, DatabaseState database, ImmutableArray<PlacedShard> plan)
    {
        for (int index = 0; index < plan.Length; index++)
        {
            // Ranges differ by at most one slot and cover everything.
            int first = index * SlotCount / plan.Length;
            int last = ((index + 1) * SlotCount / plan.Length) - 1;
            AddShard(scope, database.Uid, ShardRole.Master, (first, last), plan[index].MasterNode);
            if (plan[index].ReplicaNode is { } replicaNode)
            {
                AddShard(scope, database.Uid, ShardRole.Replica, (first, last), replicaNode);
            }
        }
    }

    private static void AddShard(StepScope scope, int databaseUid, ShardRole role, (int First, int Last) slots, int node)
    {
        int uid = scope.State.NextShardUid;
        scope.State = scope.State with { NextShardUid = uid + 1 };
        scope.Put(new ShardState
        {
            Uid = uid,
            DatabaseUid = databaseUid,
            Role = role,
            FirstSlot = slots.First,
            LastSlot = slots.Last,
            NodeUid = node,
            InstanceId = scope.NewInstanceId(),
        });
    }
}
