using System.Collections.Immutable;
using Baton.Cluster.Model;

namespace Baton.Server.Store;

/// <summary>
/// Makes a state from what the instances' folders say of themselves. Pure. Of each range of slots the master of the highest epoch serves; where
/// that is not certain, there is no state but a list of what is in the way.
/// </summary>
internal sealed class StateRecovery
{
    private const int SlotCount = 16384;

    private readonly List<string> _problems = [];
    private readonly Dictionary<long, string> _verdicts = [];
    private readonly List<ShardState> _shards = [];
    private long _nextInstance;
    private int _nextShard;

    private StateRecovery()
    {
    }

    /// <summary>The state; null when there are problems.</summary>
    public ClusterState? State { get; private set; }

    /// <summary>What keeps it from being made.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>What becomes of each instance that was found.</summary>
    public IReadOnlyDictionary<long, string> Verdicts => _verdicts;

    /// <summary>Looks at everything that was found.</summary>
    /// <param name="found">The folders.</param>
    /// <param name="known">A readable state, whose masters nobody may be older than; null = none.</param>
    /// <param name="now">Sequence numbers of notifications begin here, for they must never go back.</param>
    public static StateRecovery From(IReadOnlyList<FoundInstance> found, ClusterState? known, DateTimeOffset now)
    {
        StateRecovery recovery = new();
        recovery.Look(found, known, now);
        return recovery;
    }

    private void Look(IReadOnlyList<FoundInstance> found, ClusterState? known, DateTimeOffset now)
    {
        foreach (FoundInstance strange in found.Where(f => f.Manifest is null || f.Manifest.InstanceId != f.Id))
        {
            _verdicts[strange.Id] = strange.Manifest is { } other ? $"left alone: it is instance {other.InstanceId}'s" : $"left alone: {strange.Problem}";
        }

        FoundInstance[] usable = [.. found.Where(f => !_verdicts.ContainsKey(f.Id))];
        if (usable.Length == 0)
        {
            _problems.Add("no instance's folder says what it is, so there is nothing to make a state from");
            return;
        }

        InstanceManifest[] manifests = [.. usable.Select(f => f.Manifest!)];
        string[] clusters = [.. manifests.Select(m => $"{m.Cluster.Name} ({m.Cluster.Id})").Distinct()];
        if (clusters.Length > 1)
        {
            _problems.Add($"the folders are of {clusters.Length} clusters, {string.Join(" and ", clusters)}; keep those of one");
            return;
        }

        _nextInstance = found.Max(f => f.Id) + 1;
        _nextShard = manifests.Max(m => m.ShardUid) + 1;
        InstanceManifest newest = manifests.MaxBy(m => m.Revision)!;
        ImmutableSortedDictionary<int, NodeState> nodes = newest.Nodes.ToImmutableSortedDictionary(n => n.Uid, n => n);
        List<DatabaseState> databases = [];
        foreach (IGrouping<int, FoundInstance> of in usable.GroupBy(f => f.Manifest!.Database.Uid))
        {
            databases.Add(AddDatabase([.. of], known, nodes, now));
        }

        State = _problems.Count > 0 ? null : new ClusterState
        {
            Revision = newest.Revision + 1,
            Settings = newest.Cluster,
            Nodes = nodes,
            Databases = databases.ToImmutableSortedDictionary(d => d.Uid, d => d),
            Shards = _shards.ToImmutableSortedDictionary(s => s.Uid, s => s),
            NextDatabaseUid = databases.Max(d => d.Uid) + 1,
            NextShardUid = _nextShard,
            NextInstanceId = _nextInstance,
            NextOperationId = manifests.Max(m => m.OperationId) + 1,
        };
    }

    private DatabaseState AddDatabase(
        FoundInstance[] instances, ClusterState? known, ImmutableSortedDictionary<int, NodeState> nodes, DateTimeOffset now)
    {
        DatabaseState database = instances.Select(f => f.Manifest!).MaxBy(m => m.Revision)!.Database;
        List<ShardState> masters = [];
        foreach (IGrouping<(int First, int Last), FoundInstance> range in instances.GroupBy(f => (f.Manifest!.FirstSlot, f.Manifest.LastSlot)))
        {
            if (ChooseMaster(database, [.. range], known) is { } master)
            {
                masters.Add(master);
                _shards.Add(master);
                if (database.Replication)
                {
                    _shards.Add(ChooseReplica(master, range, nodes));
                }
            }
        }

        RequireAllSlots(database, [.. masters.OrderBy(m => m.FirstSlot)]);
        foreach (FoundInstance rest in instances.Where(f => !_verdicts.ContainsKey(f.Id)))
        {
            _verdicts[rest.Id] = rest.Manifest!.Role == InstanceRole.Target
                ? $"not used: operation {rest.Manifest.OperationId} made it and had not put it into service"
                : $"not used: {Successor(masters, rest.Manifest)}";
        }

        return database with
        {
            Status = DatabaseStatus.Active,
            NextSequence = now.ToUnixTimeSeconds(),
            BoundNodes = database.BoundNodes.IsEmpty ? [.. masters.Select(m => m.NodeUid)] : database.BoundNodes,
        };
    }

    private static string Successor(List<ShardState> masters, InstanceManifest manifest) =>
        masters.FirstOrDefault(m => m.FirstSlot == manifest.FirstSlot) is { } master
            ? $"instance {master.InstanceId} serves its slots (epoch {master.Epoch})"
            : "its slots have no master";

    private ShardState? ChooseMaster(DatabaseState database, FoundInstance[] range, ClusterState? known)
    {
        InstanceManifest any = range[0].Manifest!;
        string slots = $"slots {any.FirstSlot}-{any.LastSlot} of database {database.Name}";
        FoundInstance[] claims = [.. range.Where(f => f.Manifest!.Role == InstanceRole.Master).OrderByDescending(f => f.Manifest!.Epoch)];
        if (claims.Length == 0)
        {
            _problems.Add($"{slots} have no master; {string.Join(", ", range.Select(f => f.Describe()))} may lack acknowledged writes");
            return null;
        }

        FoundInstance first = claims[0];
        if (claims.Length > 1 && claims[1].Manifest!.Epoch == first.Manifest!.Epoch)
        {
            _problems.Add($"{slots} have two masters of one epoch, {first.Describe()} and {claims[1].Describe()}; which is right cannot be told: "
                + "move the wrong one's folder away");
            return null;
        }

        long atLeast = known?.MastersOf(database.Uid).FirstOrDefault(m => m.FirstSlot == any.FirstSlot)?.Epoch ?? 0;
        if (first.Manifest!.Epoch < atLeast)
        {
            _problems.Add($"{slots} had a later master than {first.Describe()}: the state knows one of epoch {atLeast}");
            return null;
        }

        if (database.Persistence != "none" && !first.HasLog)
        {
            _problems.Add($"{slots} have lost their data: {first.Describe()} holds none, though its persistence is {database.Persistence}");
            return null;
        }

        _verdicts[first.Id] = "serves";
        return Shard(first.Manifest, first.Id, ShardRole.Master);
    }

    /// <summary>A replica copies its master anew when it starts, so any place will do; a folder that is there is kept in use.</summary>
    private ShardState ChooseReplica(ShardState master, IEnumerable<FoundInstance> range, ImmutableSortedDictionary<int, NodeState> nodes)
    {
        FoundInstance? other = range.Where(f => f.Manifest!.ShardUid != master.Uid && f.Manifest.Role != InstanceRole.Target)
            .OrderByDescending(f => f.Manifest!.Role == InstanceRole.Replica).ThenByDescending(f => f.Manifest!.Epoch).FirstOrDefault();
        bool kept = other?.Manifest!.Role == InstanceRole.Replica;
        if (kept)
        {
            _verdicts[other!.Id] = "replica: copies its master anew";
        }

        int node = other?.Manifest!.NodeUid ?? master.NodeUid;
        return master with
        {
            Uid = other?.Manifest!.ShardUid ?? _nextShard++,
            Role = ShardRole.Replica,
            InstanceId = kept ? other!.Id : _nextInstance++,
            NodeUid = node != master.NodeUid ? node : nodes.Keys.FirstOrDefault(uid => uid != master.NodeUid, node),
        };
    }

    private static ShardState Shard(InstanceManifest manifest, long instanceId, ShardRole role) => new()
    {
        Uid = manifest.ShardUid,
        DatabaseUid = manifest.Database.Uid,
        Role = role,
        FirstSlot = manifest.FirstSlot,
        LastSlot = manifest.LastSlot,
        NodeUid = manifest.NodeUid,
        InstanceId = instanceId,
        Epoch = manifest.Epoch,
    };

    private void RequireAllSlots(DatabaseState database, ShardState[] masters)
    {
        int next = 0;
        foreach (ShardState master in masters)
        {
            if (master.FirstSlot != next)
            {
                break;
            }

            next = master.LastSlot + 1;
        }

        if (next != SlotCount && _problems.Count == 0)
        {
            _problems.Add($"no folder holds the slots of database {database.Name} from {next} on, or two do");
        }
    }
}
