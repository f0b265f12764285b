using Baton.Cluster.Model;
using Baton.Cluster.Validation;

namespace Baton.Cluster.Operations;

/// <summary>
/// An instance whose files have grown over what its database may take is replaced by a fresh one on the same node: a migrate that goes
/// nowhere. Clients are told and held as with any other; a fresh instance holds live data only.
/// </summary>
internal static class ShardRenewal
{
    /// <summary>The operation's name.</summary>
    public const string Name = "renew";

    /// <summary>Between two renewals of a database, however the first one ended.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(60);

    /// <summary>Begins one, unless something else goes on; the watch speaks again.</summary>
    public static void On(StepScope scope, ShardBloated bloated)
    {
        if (!scope.State.Shards.TryGetValue(bloated.ShardUid, out ShardState? shard)
            || shard.InstanceId != bloated.InstanceId || shard.Role != ShardRole.Master
            || UpdateValidators.Free(scope.State, scope.Database(shard.DatabaseUid)).Any()
            || LastEnd(scope, shard.DatabaseUid) + Pause > scope.Now)
        {
            return;
        }

        (long id, string uid) = RequestHandler.NewId(scope);
        scope.Begin(new MigrateShardsOperation
        {
            Id = id,
            ActionUid = uid,
            DatabaseUid = shard.DatabaseUid,
            StartedAt = scope.Now,
            TargetNodeUid = shard.NodeUid,
            Moves = [new ShardMove(shard.Uid, shard.Role, shard.InstanceId)],
            IsRenewal = true,
        });
    }

    private static DateTimeOffset LastEnd(StepScope scope, int databaseUid) => scope.State.Operations.Values
        .Where(o => o.DatabaseUid == databaseUid && o is MigrateShardsOperation { IsRenewal: true })
        .Select(o => o.FinishedAt ?? o.StartedAt).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
}
