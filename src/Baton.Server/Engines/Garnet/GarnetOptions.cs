using System.Globalization;
using System.Net;
using Garnet.server;
using Garnet.server.Auth.Settings;
using Tsavorite.core;

namespace Baton.Server.Engines.Garnet;

/// <summary>Turns a <see cref="ShardSpec"/> into Garnet's options.</summary>
/// <remarks>
/// Garnet without a storage tier is a cache: when its log is full it drops the oldest keys and says nothing. So the tier is always on: what
/// does not fit into memory goes to files in the data directory, and nothing is ever dropped. <see cref="EngineHealth.UsedMemoryBytes"/>
/// tells when the limit is passed; refusing writes then is the proxies' part.
/// <para>
/// Garnet's own compaction of the log stays off: while it runs, a read now and then finds a key missing that is there (seen in two of two
/// runs; none without it). So replaced and deleted records stay in the tier's files until the shard moves: a fresh instance has none, and the
/// controller moves a shard onto one, on the same node, when its files have outgrown the database.
/// </para>
/// </remarks>
internal static class GarnetOptions
{
    /// <summary>Where, below the data directory, goes what did not fit into memory. Useless after a restart without a checkpoint.</summary>
    public const string TierDirectory = "tier";

    /// <summary>Numbered databases.</summary>
    public const int DatabaseCount = 16;

    /// <summary>Longest run of a script. Garnet has no SCRIPT KILL, and what a script has locked waits for it.</summary>
    public static readonly TimeSpan ScriptLimit = TimeSpan.FromSeconds(60);

    private const long SmallestLog = 64L << 20;
    private const long LogWithoutLimit = 16L << 30;

    // The log also holds records that were replaced or deleted.
    private const long LogBytesPerByteOfLimit = 2;

    /// <summary>The options of an instance that listens on <paramref name="address"/>.</summary>
    public static GarnetServerOptions For(ShardSpec spec, IPEndPoint address)
    {
        GarnetServerOptions options = new()
        {
            EndPoints = [address],
            QuietMode = true,

            // Access rules, not a plain password: taking a right away works on open connections at once. That is the fence of a move.
            AuthSettings = new AclAuthenticationPasswordSettings(null!, spec.Secret),

            MaxDatabases = DatabaseCount,
            LogMemorySize = Bytes(LogMemory(spec.Settings.MemoryLimitBytes)),
            PageSize = "1m",
            SegmentSize = "64m",
            ObjectLogSegmentSize = "64m",
            IndexMemorySize = "8m",
            UseNativeAllocator = true, // pages and index go back to the system with the instance, untouched ones cost nothing
            EnableStorageTier = true,
            LogDir = Path.Combine(spec.DataDirectory, TierDirectory),
            CheckpointDir = spec.DataDirectory,
            DeviceType = DeviceType.RandomAccess,
            DeviceFactoryCreator = new TierDevices(Path.Combine(spec.DataDirectory, TierDirectory)),

            EnableLua = true,
            LuaOptions = new LuaOptions(LuaMemoryManagementMode.Native, "", ScriptLimit, LuaLoggingMode.Enable, []),
        };
        Persist(options, spec);
        return options;
    }

    /// <summary>Without persistence nothing refers to the files of an earlier life.</summary>
    public static void DropOldTier(ShardSpec spec)
    {
        string tier = Path.Combine(spec.DataDirectory, TierDirectory);
        if (spec.Persistence == PersistenceMode.None && Directory.Exists(tier))
        {
            Directory.Delete(tier, recursive: true);
        }
    }

    /// <summary>The memory of the log for a limit, a power of two.</summary>
    internal static long LogMemory(long limit)
    {
        long wanted = limit == 0 ? LogWithoutLimit : Math.Max(SmallestLog, checked(limit * LogBytesPerByteOfLimit));
        return (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)wanted);
    }

    private static void Persist(GarnetServerOptions options, ShardSpec spec)
    {
        if (spec.Persistence == PersistenceMode.None)
        {
            return;
        }

        options.EnableAOF = true;
        options.AofMemorySize = "64m";
        options.AofPageSize = "4m";
        options.AofSegmentSize = "64m";
        options.AofSizeLimit = "256m"; // then a checkpoint is taken and the log before it goes
        options.CommitFrequencyMs = spec.Persistence == PersistenceMode.Always ? 0 : 1000;
        options.WaitForCommit = spec.Persistence == PersistenceMode.Always;
        options.Recover = spec.Recover;
        options.FailOnRecoveryError = true;
    }

    private static string Bytes(long value) => value.ToString(CultureInfo.InvariantCulture);
}
