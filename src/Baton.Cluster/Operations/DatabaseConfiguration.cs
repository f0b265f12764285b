using System.Globalization;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Operations;

/// <summary>
/// Settings of a database that its running instances must have at once: stored first, then given to each instance. An instance that starts
/// later, after a crash too, starts with what is stored.
/// </summary>
internal static class DatabaseConfiguration
{
    /// <summary>A client's name for <see cref="DatabaseState.EvictionPolicy"/>.</summary>
    public const string EvictionPolicy = "maxmemory-policy";

    /// <summary>A client's name for <see cref="DatabaseState.IdleTimeoutSeconds"/>.</summary>
    public const string IdleTimeout = "timeout";

    /// <summary>A client's name for <see cref="DatabaseState.KeepAliveSeconds"/>.</summary>
    public const string KeepAlive = "tcp-keepalive";

    /// <summary>CONFIG SET.</summary>
    public static RequestResult Apply(StepScope scope, ConfigureDatabase request)
    {
        DatabaseState old = scope.Database(request.DatabaseUid);
        DatabaseState changed = old with
        {
            EvictionPolicy = request.Values.GetValueOrDefault(EvictionPolicy, old.EvictionPolicy),
            IdleTimeoutSeconds = Seconds(request, IdleTimeout) ?? old.IdleTimeoutSeconds,
            KeepAliveSeconds = Seconds(request, KeepAlive) ?? old.KeepAliveSeconds,
            Configuration = old.Configuration.SetItems(request.Values.RemoveRange([EvictionPolicy, IdleTimeout, KeepAlive])),
        };
        if (Differs(old, changed) || old.IdleTimeoutSeconds != changed.IdleTimeoutSeconds || old.KeepAliveSeconds != changed.KeepAliveSeconds)
        {
            scope.Put(changed with { LastChangedTime = scope.Now });
        }

        // Also when nothing new is to be stored: two clients that set at the same time may have reached the shards in another order.
        SpreadToAll(scope, changed);
        return new RequestResult([], [], old.Uid);
    }

    /// <summary>Gives the instances what differs from before, if anything does.</summary>
    public static void Spread(StepScope scope, DatabaseState before)
    {
        DatabaseState now = scope.Database(before.Uid);
        if (Differs(before, now))
        {
            SpreadToAll(scope, now);
        }
    }

    private static int? Seconds(ConfigureDatabase request, string name) =>
        request.Values.TryGetValue(name, out string? seconds) ? int.Parse(seconds, CultureInfo.InvariantCulture) : null;

    private static bool Differs(DatabaseState one, DatabaseState other) =>
        one.MemorySize != other.MemorySize || one.EvictionPolicy != other.EvictionPolicy
        || !one.Configuration.SequenceEqual(other.Configuration);

    private static void SpreadToAll(StepScope scope, DatabaseState database)
    {
        foreach (ShardState shard in scope.State.ShardsOf(database.Uid).Where(s => s.InstanceId != 0))
        {
            scope.Emit(new ConfigureInstance(0, shard.InstanceId, shard.Uid));
        }

        // Targets that are being brought near have started with what was stored then.
        if (scope.State.RunningOperationOf(database.Uid) is MoveShardsOperation moving)
        {
            foreach (ShardMove move in moving.Moves.Where(m => m.TargetInstanceId != 0 && !m.IsSwitched && !m.IsOver))
            {
                scope.Emit(new ConfigureInstance(0, move.TargetInstanceId, move.ShardUid));
            }
        }
    }
}
