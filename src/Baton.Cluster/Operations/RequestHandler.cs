using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;
using Baton.Cluster.Validation;

namespace Baton.Cluster.Operations;

/// <summary>Requests: validated as a whole, then applied at once or started as operations.</summary>
internal static class RequestHandler
{
    public static RequestResult Handle(StepScope scope, ClusterRequest request)
    {
        ImmutableArray<RequestError> errors = [.. Check(scope.State, request)];
        if (!errors.IsEmpty || request.DryRun)
        {
            return new RequestResult(errors, [], (request as UpdateDatabase)?.DatabaseUid);
        }

        return request switch
        {
            UpdateCluster update => Apply(scope, update),
            CreateDatabase create => DatabaseCreation.Start(scope, create),
            UpdateDatabase update => Apply(scope, update),
            ConfigureDatabase configure => DatabaseConfiguration.Apply(scope, configure),
            DeleteDatabase delete => Start(scope, delete),
            MigrateShards migrate => Start(scope, migrate),
            FailoverShards failover => Start(scope, failover),
            _ => throw new ArgumentException($"Unknown request {request.GetType().Name}.", nameof(request)),
        };
    }

    private static IEnumerable<RequestError> Check(ClusterState state, ClusterRequest request) => request switch
    {
        UpdateCluster update => UpdateValidators.Check(update),
        CreateDatabase create => CreateDatabaseValidator.Check(state, create),
        UpdateDatabase update => UpdateValidators.Check(state, update),
        ConfigureDatabase configure => UpdateValidators.Check(state, configure),
        DeleteDatabase delete => Check(state, delete),
        MigrateShards migrate => ShardValidators.Check(state, migrate),
        FailoverShards failover => ShardValidators.Check(state, failover),
        _ => throw new ArgumentException($"Unknown request {request.GetType().Name}.", nameof(request)),
    };

    private static IEnumerable<RequestError> Check(ClusterState state, DeleteDatabase request)
    {
        if (!state.Databases.ContainsKey(request.DatabaseUid))
        {
            yield return RequestErrors.DatabaseNotFound(request.DatabaseUid);
        }
        else if (state.RunningOperationOf(request.DatabaseUid) is { } running)
        {
            yield return RequestErrors.Busy(request.DatabaseUid, running.Name, running.ActionUid);
        }
    }

    private static RequestResult Apply(StepScope scope, UpdateCluster request)
    {
        ClusterSettings old = scope.Settings;
        scope.State = scope.State with
        {
            Settings = old with
            {
                ClientMaintNotifications = request.ClientMaintNotifications ?? old.ClientMaintNotifications,
                OssClusterClientMaintNotifications = request.OssClusterClientMaintNotifications ?? old.OssClusterClientMaintNotifications,
                HandoffsDelayMs = request.HandoffsDelayMs ?? old.HandoffsDelayMs,
                EndpointRebindGraceSeconds = request.EndpointRebindGraceSeconds ?? old.EndpointRebindGraceSeconds,
                DefaultNonShardedProxyPolicy = request.DefaultNonShardedProxyPolicy ?? old.DefaultNonShardedProxyPolicy,
                DefaultShardedProxyPolicy = request.DefaultShardedProxyPolicy ?? old.DefaultShardedProxyPolicy,
                SilentEndpointShrink = request.SilentEndpointShrink ?? old.SilentEndpointShrink,
                HoldLimitMs = request.HoldLimitMs ?? old.HoldLimitMs,
                MasterStallLimitMs = request.MasterStallLimitMs ?? old.MasterStallLimitMs,
                Extra = old.Extra.SetItems(request.Extra),
            },
        };
        return new RequestResult([], [], null);
    }

    private static RequestResult Apply(StepScope scope, UpdateDatabase request)
    {
        DatabaseState old = scope.Database(request.DatabaseUid);
        scope.Put(old with
        {
            Name = request.Name ?? old.Name,
            MemorySize = request.MemorySize ?? old.MemorySize,
            Password = request.Password is null ? old.Password : request.Password.Length == 0 ? null : request.Password,
            EvictionPolicy = request.EvictionPolicy ?? old.EvictionPolicy,
            Extra = old.Extra.SetItems(request.Extra),
            LastChangedTime = scope.Now,
        });
        DatabaseConfiguration.Spread(scope, old);
        if (!EndpointChange.IsAsked(request))
        {
            return new RequestResult([], [], old.Uid);
        }

        EndpointChange change = EndpointChange.Of(scope.State, old, request);
        (long id, string uid) = NewId(scope);
        scope.Begin(new BindEndpointOperation
        {
            Id = id,
            ActionUid = uid,
            DatabaseUid = old.Uid,
            StartedAt = scope.Now,
            Wanted = change.Wanted,
            Previous = old.BoundNodes,
            ProxyPolicy = change.Policy,
            IncludeProxies = change.Include,
            ExcludeProxies = change.Exclude,
        });
        return new RequestResult([], [uid], old.Uid);
    }

    private static RequestResult Start(StepScope scope, DeleteDatabase request)
    {
        (long id, string uid) = NewId(scope);
        scope.Begin(new DeleteDatabaseOperation { Id = id, ActionUid = uid, DatabaseUid = request.DatabaseUid, StartedAt = scope.Now });
        return new RequestResult([], [uid], request.DatabaseUid);
    }

    private static RequestResult Start(StepScope scope, MigrateShards request)
    {
        ImmutableArray<string>.Builder actions = ImmutableArray.CreateBuilder<string>();
        ILookup<int, ShardState> moving = ShardValidators.Moving(scope.State, request).ToLookup(s => s.DatabaseUid);
        foreach (IGrouping<int, ShardState> shards in moving.OrderBy(g => g.Key))
        {
            (long id, string uid) = NewId(scope);
            actions.Add(uid);
            scope.Begin(new MigrateShardsOperation
            {
                Id = id,
                ActionUid = uid,
                DatabaseUid = shards.Key,
                StartedAt = scope.Now,
                TargetNodeUid = request.TargetNodeUid,
                Moves = [.. shards.Select(s => new ShardMove(s.Uid, s.Role, s.InstanceId))],
            });
        }

        if (actions.Count == 0)
        {
            actions.Add(NothingToDo(scope, request));
        }

        return new RequestResult([], actions.ToImmutable(), null);
    }

    /// <summary>All shards are there already: an operation that is over at once, so that whoever asked can still look it up.</summary>
    private static string NothingToDo(StepScope scope, MigrateShards request)
    {
        (long id, string uid) = NewId(scope);
        scope.Put(new MigrateShardsOperation
        {
            Id = id,
            ActionUid = uid,
            DatabaseUid = scope.Shard(request.ShardUids[0]).DatabaseUid,
            StartedAt = scope.Now,
            FinishedAt = scope.Now,
            TargetNodeUid = request.TargetNodeUid,
            Moves = [],
            Phase = MoveShardsPhase.Completed,
            Status = OperationStatus.Completed,
            Progress = 100,
        });
        return uid;
    }

    private static RequestResult Start(StepScope scope, FailoverShards request)
    {
        ImmutableArray<ShardState> masters = [.. ShardValidators.Distinct(request.ShardUids).Select(scope.Shard)];
        (long id, string uid) = NewId(scope);
        scope.Begin(new FailoverShardsOperation
        {
            Id = id,
            ActionUid = uid,
            DatabaseUid = masters[0].DatabaseUid,
            StartedAt = scope.Now,
            Moves =
            [
                .. masters.Select(m => new ShardMove(m.Uid, m.Role, m.InstanceId)
                {
                    TargetInstanceId = scope.State.ReplicasOf(m).First().InstanceId,
                }),
            ],
        });
        return new RequestResult([], [uid], masters[0].DatabaseUid);
    }

    internal static (long Id, string ActionUid) NewId(StepScope scope)
    {
        long id = scope.NewOperationId();
        return (id, scope.ActionUidOf(id));
    }
}
