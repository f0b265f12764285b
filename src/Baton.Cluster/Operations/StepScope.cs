using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Baton.Cluster.Model;

namespace Baton.Cluster.Operations;

/// <summary>
/// The work sheet of one step: the state as changed so far and the effects asked for. Lives for one call; not thread-safe.
/// </summary>
internal sealed class StepScope(ClusterState state, DateTimeOffset now)
{
    /// <summary>The state as changed so far.</summary>
    public ClusterState State { get; set; } = state;

    /// <summary>The time of the event.</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>Effects asked for, in order.</summary>
    public List<ClusterEffect> Effects { get; } = [];

    /// <summary>Set by a change that need not be stored.</summary>
    public bool Transient { get; set; }

    /// <summary>The settings.</summary>
    public ClusterSettings Settings => State.Settings;

    /// <summary>A database that must exist.</summary>
    public DatabaseState Database(int uid) => State.Databases[uid];

    /// <summary>A shard that must exist.</summary>
    public ShardState Shard(int uid) => State.Shards[uid];

    /// <summary>The stored form of a running operation that must exist.</summary>
    public T Operation<T>(long id)
        where T : OperationState => (T)State.Operations[id];

    /// <summary>Asks for an effect.</summary>
    public void Emit(ClusterEffect effect) => Effects.Add(effect);

    /// <summary>Replaces a database.</summary>
    public void Put(DatabaseState database) => State = State with { Databases = State.Databases.SetItem(database.Uid, database) };

    /// <summary>Replaces a shard.</summary>
    public void Put(ShardState shard) => State = State with { Shards = State.Shards.SetItem(shard.Uid, shard) };

    /// <summary>Replaces an operation.</summary>
    public void Put(OperationState operation) => State = State with { Operations = State.Operations.SetItem(operation.Id, operation) };

    /// <summary>A fresh engine instance id.</summary>
    public long NewInstanceId()
    {
        long id = State.NextInstanceId;
        State = State with { NextInstanceId = id + 1 };
        return id;
    }

    /// <summary>A fresh operation id.</summary>
    public long NewOperationId()
    {
        long id = State.NextOperationId;
        State = State with { NextOperationId = id + 1 };
        return id;
    }

    /// <summary>Takes <paramref name="count"/> consecutive notification sequence numbers of a database; returns the first.</summary>
    public long TakeSequence(int databaseUid, int count)
    {
        DatabaseState database = Database(databaseUid);
        Put(database with { NextSequence = database.NextSequence + count });
        return database.NextSequence;
    }

    /// <summary>A GUID-shaped name that is the same for the same operation of the same cluster.</summary>
    public string ActionUidOf(long operationId)
    {
        string name = $"{Settings.Name}/{Settings.CreatedTime.UtcTicks}/{operationId}";
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)).ToString();
    }

    /// <summary>Notes the operation, marks its database as changing, and begins.</summary>
    public void Begin(DatabaseOperation operation)
    {
        DatabaseState database = Database(operation.DatabaseUid);
        bool alone = State.RunningOperationOf(database.Uid) is null;
        Debug.Assert(alone || operation is UnplannedFailoverOperation, "the validator lets only one request of a database run");
        DatabaseStatus status = database.Status == DatabaseStatus.Active ? DatabaseStatus.ActiveChangePending : database.Status;
        long? shown = alone ? operation.Id : database.OperationId;
        Put(database with { OperationId = shown, Status = status, LastChangedTime = Now });
        Put(operation);
        operation.Begin(this);
    }

    /// <summary>Drops the oldest finished operations over the number that stays readable.</summary>
    public void TrimFinishedOperations()
    {
        int excess = State.Operations.Values.Count(o => o.IsFinished) - ClusterState.FinishedOperationsKept;
        if (excess > 0)
        {
            ImmutableArray<long> oldest = [.. State.Operations.Values.Where(o => o.IsFinished).Take(excess).Select(o => o.Id)];
            State = State with { Operations = State.Operations.RemoveRange(oldest) };
        }
    }
}
