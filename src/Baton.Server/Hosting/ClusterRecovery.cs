using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Baton.Cluster.Model;
using Baton.Server.Store;

namespace Baton.Server.Hosting;

/// <summary>Rebuilds a lost state from what the instances' folders say of themselves.</summary>
public static class ClusterRecovery
{
    private const string RecoveredSuffix = ".recovered";

    /// <summary>Looks at a data directory and, if told to, puts the rebuilt state in place; whatever stood there is moved aside first.</summary>
    /// <exception cref="ClusterHostException">The directory cannot be used, or its state must not be replaced.</exception>
    public static async Task<RecoveryReport> RunAsync(string dataDirectory, bool write, TimeProvider clock)
    {
        string directory = Path.GetFullPath(dataDirectory);
        if (!Directory.Exists(directory))
        {
            throw new ClusterHostException($"{directory} is no directory; --data names the one to recover.");
        }

        try
        {
            bool wasLocked = File.Exists(Path.Combine(directory, FileClusterStore.LockName));
            FileClusterStore? locked = write || wasLocked ? FileClusterStore.Open(directory) : null;
            try
            {
                return Run(directory, write, clock);
            }
            finally
            {
                if (locked is not null)
                {
                    await locked.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            throw new ClusterHostException(e.Message, e);
        }
    }

    private static RecoveryReport Run(string directory, bool write, TimeProvider clock)
    {
        (ClusterState? known, string found, bool fits) = ReadState(directory);
        IReadOnlyList<FoundInstance> instances = new InstanceFolders(directory).Look();
        StateRecovery recovery = StateRecovery.From(instances, known, clock.GetUtcNow());
        RecoveryReport report = new(
            directory, found, Needed: !fits, [.. instances.Select(i => Row(i, recovery.Verdicts.GetValueOrDefault(i.Id, "")))],
            fits ? [] : [.. recovery.Problems]);
        return fits || !write || recovery.State is null ? report : report with { Written = true, MovedAside = Write(directory, recovery.State, clock) };
    }

    private static (ClusterState? Known, string Found, bool Fits) ReadState(string directory)
    {
        string path = Path.Combine(directory, FileClusterStore.FileName);
        ClusterState? known = null;
        try
        {
            known = StateFile.Read(path).State;
            StartCheck.Require(directory, known, new HashSet<string>());
            return known is null
                ? (null, $"{path} is missing, and so is everything else", Fits: true)
                : (known, $"{path} is whole (revision {known.Revision}), and the folders fit it", Fits: true);
        }
        catch (StoreException e) when (!e.OfAnotherVersion)
        {
            bool isThere = File.Exists(path) || Directory.Exists(path);
            return (known, isThere ? e.Found ?? e.Message : $"{path} is missing", Fits: false);
        }
    }

    private static RecoveryRow Row(FoundInstance found, string verdict) => found.Manifest is { } manifest
        ? new RecoveryRow(
            found.Id, manifest.Database.Name, $"{manifest.FirstSlot}-{manifest.LastSlot}", manifest.Role.ToString().ToLowerInvariant(),
            manifest.Epoch, manifest.NodeUid, manifest.Database.Engine, manifest.Database.Persistence, verdict)
        : new RecoveryRow(found.Id, "-", "-", "-", null, null, "-", "-", verdict);

    private static ImmutableArray<string> Write(string directory, ClusterState state, TimeProvider clock)
    {
        string path = Path.Combine(directory, FileClusterStore.FileName);
        DurableFile.WriteBeside(
            path, [.. Encoding.ASCII.GetBytes(StateLine.Header), .. StateLine.Write(StateChange.Between(null, state))], RecoveredSuffix);
        string stamp = clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        ImmutableArray<string> moved =
        [
            .. new[] { path, path + FileClusterStore.BesideSuffix }.Where(Path.Exists).Select(old => MoveAside(old, $"{old}.before-recovery-{stamp}")),
        ];
        DurableFile.Rename(path + RecoveredSuffix, path);
        return moved;
    }

    private static string MoveAside(string from, string name)
    {
        string free = name;
        for (int number = 2; Path.Exists(free); number++)
        {
            free = $"{name}-{number}";
        }

        Directory.Move(from, free); // Moves files as well as folders.
        return free;
    }
}

/// <summary>What a recovery found and did.</summary>
/// <param name="Directory">The data directory.</param>
/// <param name="StateFound">What there is of the state.</param>
/// <param name="Needed">The state is missing, cannot be used, or does not fit the folders.</param>
/// <param name="Instances">The instances' folders.</param>
/// <param name="Problems">Why no state can be made; empty = one can.</param>
public sealed record RecoveryReport(
    string Directory, string StateFound, bool Needed, ImmutableArray<RecoveryRow> Instances, ImmutableArray<string> Problems)
{
    /// <summary>The rebuilt state is in place.</summary>
    public bool Written { get; init; }

    /// <summary>What stood in its place, by its new name.</summary>
    public ImmutableArray<string> MovedAside { get; init; } = [];
}

/// <summary>One instance's folder.</summary>
/// <param name="Instance">Its number.</param>
/// <param name="Database">Whose data it holds.</param>
/// <param name="Slots">Which slots.</param>
/// <param name="Role">What it was.</param>
/// <param name="Epoch">Its epoch; null = it does not say.</param>
/// <param name="Node">Its node; null = it does not say.</param>
/// <param name="Engine">Its engine.</param>
/// <param name="Persistence">What was promised.</param>
/// <param name="Verdict">What becomes of it.</param>
public sealed record RecoveryRow(
    long Instance, string Database, string Slots, string Role, long? Epoch, int? Node, string Engine, string Persistence, string Verdict);
