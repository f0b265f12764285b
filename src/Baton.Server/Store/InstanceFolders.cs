using System.Globalization;

namespace Baton.Server.Store;

/// <summary>
/// The instances' folders of a data directory, <c>instances/ID</c>, and what may be done to them. Nothing else deletes or moves one.
/// What has another name than a number there is not ours and is never looked at.
/// </summary>
internal sealed class InstanceFolders(string dataDirectory)
{
    /// <summary>Where folders go that nobody can explain.</summary>
    public const string LeftOvers = "leftovers";

    private const string PreparedSuffix = ".next";

    /// <summary>What stands in a folder without being an engine's data.</summary>
    private static readonly string[] Ours =
        [InstanceManifest.FileName, InstanceManifest.FileName + ".new", InstanceManifest.FileName + PreparedSuffix, "engine.log", "engine.log.1"];

    private string All => Path.Combine(dataDirectory, "instances");

    /// <summary>An instance's folder.</summary>
    public string Of(long instanceId) => Path.Combine(All, instanceId.ToString(CultureInfo.InvariantCulture));

    /// <summary>What is there, by id. Touches nothing.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public IReadOnlyList<FoundInstance> Look()
    {
        if (File.Exists(All))
        {
            throw new StoreException($"{All} is a file, where the folder of the instances' data should be. Nothing was touched; move it away.");
        }

        if (!Directory.Exists(All))
        {
            return [];
        }

        try
        {
            return
            [
                .. Directory.EnumerateDirectories(All)
                    .Select(path => (Path: path, IsId: IsId(Path.GetFileName(path), out long id), Id: id))
                    .Where(found => found.IsId).OrderBy(found => found.Id).Select(found => Look(found.Id, found.Path)),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{All} cannot be read: {e.Message} Nothing was touched.", e);
        }
    }

    /// <summary>Makes the folder, for its owner alone, and writes what it is, unless it says so already.</summary>
    public void Note(InstanceManifest manifest)
    {
        string folder = Of(manifest.InstanceId);
        if (!manifest.SaysTheSameAs(InstanceManifest.Read(folder).Manifest))
        {
            CreatePrivate(folder);
            DurableFile.Replace(Path.Combine(folder, InstanceManifest.FileName), manifest.ToBytes());
        }
    }

    /// <summary>Writes what an instance is about to be beside what it is, so that <see cref="Confirm"/> has only to rename.</summary>
    public void Prepare(InstanceManifest manifest) =>
        DurableFile.WriteBeside(Path.Combine(Of(manifest.InstanceId), InstanceManifest.FileName), manifest.ToBytes(), PreparedSuffix);

    /// <summary>What was prepared is so.</summary>
    public void Confirm(long instanceId)
    {
        string path = Path.Combine(Of(instanceId), InstanceManifest.FileName);
        DurableFile.Rename(path + PreparedSuffix, path);
    }

    /// <summary>Deletes an instance's data: the stored state says that it is done with.</summary>
    public void Delete(long instanceId)
    {
        string folder = Of(instanceId);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Moves a folder that nobody can explain out of the way; returns where it is now.</summary>
    public string MoveAside(long instanceId, TimeProvider time)
    {
        string all = Path.Combine(dataDirectory, LeftOvers);
        CreatePrivate(all);
        string stamp = time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        string name = Path.Combine(all, $"instance-{instanceId}-{stamp}");
        string free = name;
        for (int number = 2; Path.Exists(free); number++)
        {
            free = $"{name}-{number}";
        }

        Directory.Move(Of(instanceId), free);
        return free;
    }

    /// <summary>True when a folder holds nothing but what Baton itself writes into it.</summary>
    public static bool IsEmpty(string folder) =>
        !Directory.EnumerateFileSystemEntries(folder).Any(entry => !Ours.Contains(Path.GetFileName(entry), StringComparer.Ordinal));

    /// <summary>
    /// True when an engine that persists has left its log: Redis' folder of them is never empty, Garnet's is there from its first moment on.
    /// </summary>
    public static bool HasLog(string folder)
    {
        string redis = Path.Combine(folder, "appendonlydir");
        return Directory.Exists(Path.Combine(folder, "AOF")) || (Directory.Exists(redis) && Directory.EnumerateFiles(redis).Any());
    }

    private static bool IsId(string name, out long id) =>
        long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out id) && name == id.ToString(CultureInfo.InvariantCulture);

    private static FoundInstance Look(long id, string path)
    {
        (InstanceManifest? manifest, string? problem) = InstanceManifest.Read(path);
        return new FoundInstance(id, path, manifest, problem, HasLog(path));
    }

    private static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}

/// <summary>An instance's folder as it was found.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Manifest">What it says of itself; null when it says nothing that can be read.</param>
/// <param name="Problem">Why it says nothing.</param>
/// <param name="HasLog">An engine that persists has left its log.</param>
internal sealed record FoundInstance(long Id, string Path, InstanceManifest? Manifest, string? Problem, bool HasLog)
{
    /// <summary>For people.</summary>
    public string Describe() => $"instances/{Id} ({Manifest?.Describe() ?? Problem})";
}
