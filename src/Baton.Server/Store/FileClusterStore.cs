using System.Text;
using System.Text.Json;
using Baton.Cluster.Model;

namespace Baton.Server.Store;

/// <summary>
/// The state in one file of a directory: a header, one line with everything, then one line per change. Saving appends a line and syncs it.
/// When the file has grown it is written anew beside, synced, and renamed over.
/// <code>
/// found at the end of the file       means                              then
/// a line without newline             the process died while saving      cut off: that save never returned, nobody relied on it
/// found anywhere
/// a line of blanks                   a probe of how quick the disk is   passed over
/// a line whose checksum is wrong     the disk or somebody damaged it    refused, naming the last good revision
/// </code>
/// A lock file keeps other processes out; the system drops the lock when the holder dies, however it dies.
/// </summary>
public sealed class FileClusterStore : IClusterStore
{
    /// <summary>The state file's name in the directory.</summary>
    public const string FileName = "cluster.state";

    /// <summary>The lock file's name in the directory.</summary>
    public const string LockName = "cluster.lock";

    /// <summary>
    /// The file is written anew when it is longer than this and than twice what it began with: by a probe, so that a save inside a hold never
    /// has to; by a save only when it is as long again.
    /// </summary>
    private const long CompactAbove = 4 * 1024 * 1024;

    /// <summary>What a probe writes: about a save's size, so that a disk without room for a save is found too.</summary>
    private static readonly byte[] Blank = [.. Enumerable.Repeat((byte)' ', 4095), (byte)'\n'];

    private readonly string _directory;
    private readonly string _path;
    private readonly FileStream _lock;
    private FileStream? _file;
    private ClusterState? _saved;
    private long _lengthWhenCompact;

    private long CompactAt => Math.Max(CompactAbove, 2 * _lengthWhenCompact);

    private FileClusterStore(string directory, FileStream lockFile)
    {
        _directory = directory;
        _path = Path.Combine(directory, FileName);
        _lock = lockFile;
    }

    /// <summary>Opens (or prepares) the store in a directory and locks it.</summary>
    /// <exception cref="StoreException">Another process has it, or the directory cannot be used.</exception>
    public static FileClusterStore Open(string directory)
    {
        string lockPath = Path.Combine(directory, LockName);
        try
        {
            Directory.CreateDirectory(directory);
            return new FileClusterStore(directory, DurableFile.Open(lockPath, FileMode.OpenOrCreate, FileShare.None));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                $"{lockPath} cannot be locked: {e.Message} Another baton may be running on {directory}; "
                + "stop it, or choose another directory.", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ClusterState?> LoadAsync()
    {
        if (!File.Exists(_path))
        {
            return ValueTask.FromResult<ClusterState?>(null);
        }

        byte[] bytes = File.ReadAllBytes(_path);
        if (!bytes.AsSpan().StartsWith(Encoding.ASCII.GetBytes(StateLine.Header)))
        {
            throw new StoreException($"{_path} is not a state file of this version (it must begin with '{StateLine.Header.TrimEnd()}').");
        }

        _saved = Replay(bytes, StateLine.Header.Length);
        if (_saved is not null)
        {
            Rewrite(_saved); // Also gets rid of a torn tail before anything is appended behind it.
        }

        return ValueTask.FromResult(_saved);
    }

    /// <inheritdoc/>
    public ValueTask SaveAsync(ClusterState state)
    {
        Write(() =>
        {
            if (_file is null || _file.Length > 2 * CompactAt)
            {
                Rewrite(state);
            }
            else
            {
                Append(_file, StateLine.Write(StateChange.Between(_saved, state)));
            }
        });
        _saved = state;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ProbeAsync()
    {
        if (_saved is { } saved)
        {
            Write(() =>
            {
                if (_file is null || _file.Length > CompactAt)
                {
                    Rewrite(saved);
                }

                Append(_file!, Blank);
            });
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _file?.Dispose();
        _lock.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Write(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whatever was written of the line is cut off by writing the file anew next time.
            _file?.Dispose();
            _file = null;
            throw new StoreException($"The cluster state cannot be saved to {_path}: {e.Message}", e);
        }
    }

    private ClusterState? Replay(ReadOnlySpan<byte> bytes, int offset)
    {
        ClusterState? state = null;
        int number = 1;
        while (offset < bytes.Length)
        {
            number++;
            int length = bytes[offset..].IndexOf((byte)'\n');
            if (length < 0)
            {
                break; // Torn: the process died while it saved.
            }

            ReadOnlySpan<byte> line = bytes.Slice(offset, length);
            if (line.ContainsAnyExcept((byte)' '))
            {
                state = (ReadLine(line) ?? throw Damaged(number, offset, state)).ApplyTo(state);
            }

            offset += length + 1;
        }

        return state;
    }

    private static StateChange? ReadLine(ReadOnlySpan<byte> line)
    {
        try
        {
            return StateLine.Read(line);
        }
        catch (JsonException)
        {
            return null; // The checksum fits, but this version does not understand it: as unusable as a damaged line.
        }
    }

    private StoreException Damaged(int number, int offset, ClusterState? lastGood) => new(
        $"{_path} is damaged in line {number} (byte {offset}). "
        + (lastGood is null
            ? "No revision before it can be used; restore the file from a copy, or begin with an empty directory."
            : $"The last good revision is {lastGood.Revision}; "
                + $"to go on from there, keep a copy of the file and cut it off at byte {offset}."));

    private void Rewrite(ClusterState state)
    {
        string beside = _path + ".new";
        using (FileStream fresh = DurableFile.Open(beside, FileMode.Create, FileShare.Read))
        {
            fresh.Write(Encoding.ASCII.GetBytes(StateLine.Header));
            Append(fresh, StateLine.Write(StateChange.Between(null, state)));
        }

        _file?.Dispose();
        _file = null;
        File.Move(beside, _path, overwrite: true);
        DurableFile.SyncDirectory(_directory);
        _file = DurableFile.Open(_path, FileMode.Open, FileShare.Read);
        _file.Seek(0, SeekOrigin.End);
        _lengthWhenCompact = _file.Length;
    }

    private static void Append(FileStream file, ReadOnlySpan<byte> line)
    {
        file.Write(line);
        file.Flush(flushToDisk: true);
    }
}
