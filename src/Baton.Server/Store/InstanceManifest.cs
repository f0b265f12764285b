using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Baton.Cluster.Model;

namespace Baton.Server.Store;

/// <summary>
/// What an instance's folder says of itself, in a small file beside its data: enough to make a state again when the cluster's is lost, and to
/// tell whose data it is when it stands where it does not belong. Holds what the state file holds, passwords too, and is as private.
/// </summary>
internal sealed record InstanceManifest
{
    /// <summary>The file's name in an instance's folder.</summary>
    public const string FileName = "instance.json";

    private const int Known = 1;

    /// <summary>The format's version.</summary>
    public int Format { get; init; } = Known;

    /// <summary>The state's revision when this was written: of two manifests, whose word about database and cluster is newer.</summary>
    public required long Revision { get; init; }

    /// <summary>Never reused in its cluster; names the folder.</summary>
    public required long InstanceId { get; init; }

    /// <summary>What it is.</summary>
    public required InstanceRole Role { get; init; }

    /// <summary>The shard's epoch while (or, for a target, before) it serves.</summary>
    public required long Epoch { get; init; }

    /// <summary>The shard it serves or is to serve, and its slots.</summary>
    public required int ShardUid { get; init; }

    /// <summary>First hash slot.</summary>
    public required int FirstSlot { get; init; }

    /// <summary>Last hash slot, inclusive.</summary>
    public required int LastSlot { get; init; }

    /// <summary>Where it runs.</summary>
    public required int NodeUid { get; init; }

    /// <summary>For a target: the operation it was made for; 0 = none.</summary>
    public long OperationId { get; init; }

    /// <summary>Whose data it is: name, engine, persistence and all else.</summary>
    public required DatabaseState Database { get; init; }

    /// <summary>The cluster, with its id.</summary>
    public required ClusterSettings Cluster { get; init; }

    /// <summary>The cluster's nodes.</summary>
    public required ImmutableArray<NodeState> Nodes { get; init; }

    /// <summary>The manifest of an instance as a state knows it: one a shard names, or (any other) a target.</summary>
    public static InstanceManifest Of(ClusterState state, int shardUid, long instanceId, int nodeUid, long operationId = 0)
    {
        ShardState shard = state.Shards[shardUid];
        bool named = shard.InstanceId == instanceId;
        return new InstanceManifest
        {
            Revision = state.Revision,
            InstanceId = instanceId,
            Role = !named ? InstanceRole.Target : shard.Role == ShardRole.Master ? InstanceRole.Master : InstanceRole.Replica,
            Epoch = shard.Epoch,
            ShardUid = shardUid,
            FirstSlot = shard.FirstSlot,
            LastSlot = shard.LastSlot,
            NodeUid = nodeUid,
            OperationId = named ? 0 : operationId,
            Database = Lasting(state.Databases[shard.DatabaseUid]),
            Cluster = state.Settings,
            Nodes = [.. state.Nodes.Values],
        };
    }

    /// <summary>The same instance as the next master of its slots.</summary>
    public InstanceManifest Promoted(long epoch) => this with { Role = InstanceRole.Master, Epoch = epoch, OperationId = 0 };

    /// <summary>The file's content.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, InstanceManifestJson.Default.InstanceManifest);

    /// <summary>Says the same, but for the revision it was written at.</summary>
    public bool SaysTheSameAs(InstanceManifest? other) =>
        other is not null && (this with { Revision = 0 }).ToBytes().AsSpan().SequenceEqual((other with { Revision = 0 }).ToBytes());

    /// <summary>Reads the file of a folder; null and what is wrong with it when it cannot be.</summary>
    public static (InstanceManifest? Manifest, string? Problem) Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            if (!File.Exists(path))
            {
                return (null, $"no {FileName}");
            }

            InstanceManifest? read = JsonSerializer.Deserialize(File.ReadAllBytes(path), InstanceManifestJson.Default.InstanceManifest);
            return read is null ? (null, $"{FileName} is empty")
                : read.Format != Known ? (null, $"{FileName} is of another version of Baton (format {read.Format})")
                : (read, null);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return (null, $"{FileName} cannot be read: {e.Message}");
        }
    }

    /// <summary>For people.</summary>
    public string Describe() =>
        $"{Role.ToString().ToLowerInvariant()} of shard {ShardUid} (slots {FirstSlot}-{LastSlot}) of database {Database.Name}, epoch {Epoch}";

    /// <summary>Without what changes all the time and says nothing to a later start.</summary>
    private static DatabaseState Lasting(DatabaseState database) => database with
    {
        ListeningNodes = [], NextSequence = 1, OperationId = null, LastChangedTime = default, Status = DatabaseStatus.Active,
    };
}

/// <summary>What an instance was when its manifest was written.</summary>
internal enum InstanceRole
{
    /// <summary>Is to become something: its operation knows.</summary>
    Target,

    /// <summary>Follows the master of its slots.</summary>
    Replica,

    /// <summary>Serves, or served until a master of a higher epoch did.</summary>
    Master,
}

/// <summary>JSON of <see cref="InstanceManifest"/>, for people to read too.</summary>
[JsonSourceGenerationOptions(
    IgnoreReadOnlyProperties = true, UseStringEnumConverter = true, WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InstanceManifest))]
internal sealed partial class InstanceManifestJson : JsonSerializerContext;
