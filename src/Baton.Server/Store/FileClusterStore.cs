using System.Text;
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
/// anything else that is no state     see <see cref="StateFile"/>        refused, and nothing is touched
/// </code>
/// A lock file keeps other processes out; the system drops the lock when the holder dies, however it dies.
/// </summary>
public sealed class FileClusterStore : IClusterStore
{
    /// <summary>The state file's name in the directory.</summary>
    public const string FileName = "cluster.state";

    /// <summary>Added to the state file's name while it is written anew.</summary>
    public const string BesideSuffix = ".new";

    /// <summary>The lock file's name in the directory.</summary>
    public const string LockName = "cluster.lock";

    /// <summary>
    /// The file is written anew when it is longer than this and than twice what it began with: by a probe, so that a save inside a hold never
    /// has to; by a save only when it is as long again.
    /// </summary>
    private const long CompactAbove = 4 * 1024 * 1024;

    /// <summary>What a probe writes: about a save's size, so that a disk without room for a save is found too.</summary>
    private static readonly byte[] Blank = [.. Enumerable.Repeat((byte)' ', 4095), (byte)'\n'];

    private readonly string _path;
    private readonly FileStream _lock;
    private FileStream? _file;
    private ClusterState? _saved;
    private long _lengthWhenCompact;

    /// <summary>Bytes of the loaded file that are whole lines; 0 = nothing loaded, or open already.</summary>
    private long _wholeLength;

    private long CompactAt => Math.Max(CompactAbove, 2 * _lengthWhenCompact);

    private FileClusterStore(string directory, FileStream lockFile)
    {
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
        catch (IOException e) when (IsSharingViolation(e))
        {
            throw new StoreException($"{lockPath} is locked: another baton runs on {directory}. Stop it, or choose another directory.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                $"{directory} cannot be written to ({lockPath}: {e.Message}). Baton needs a directory of its own that it may write to; "
                + "mend that, or choose another one with --data.", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ClusterState?> LoadAsync()
    {
        StateFile found = StateFile.Read(_path);
        (_saved, _wholeLength) = (found.State, found.WholeLength);
        return ValueTask.FromResult(_saved);
    }

    /// <inheritdoc/>
    public ValueTask SaveAsync(ClusterState state)
    {
        Write(() =>
        {
            if ((_file ?? Reopen()) is not { } file || file.Length > 2 * CompactAt)
            {
                Rewrite(state);
            }
            else
            {
                Append(file, StateLine.Write(StateChange.Between(_saved, state)));
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
                if ((_file ?? Reopen()) is not { } file || file.Length > CompactAt)
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
            (_file, _wholeLength) = (null, 0);
            throw new StoreException($"The cluster state cannot be saved to {_path}: {e.Message}", e);
        }
    }

    /// <summary>
    /// The file that was loaded, ready to be appended to; null when it has to be written anew. Loading itself writes nothing, so that a start on a
    /// full disk works: the torn line of a save that never returned is cut off here, before the next one.
    /// </summary>
    private FileStream? Reopen()
    {
        if (_wholeLength == 0)
        {
            return null;
        }

        _file = DurableFile.Open(_path, FileMode.Open, FileShare.Read);
        if (_file.Length != _wholeLength)
        {
            _file.SetLength(_wholeLength);
            _file.Flush(flushToDisk: true);
        }

        _file.Seek(0, SeekOrigin.End);
        (_lengthWhenCompact, _wholeLength) = (0, 0); // How much of it is history is not known.
        return _file;
    }

    private void Rewrite(ClusterState state)
    {
        DurableFile.WriteBeside(
            _path, [.. Encoding.ASCII.GetBytes(StateLine.Header), .. StateLine.Write(StateChange.Between(null, state))], BesideSuffix);
        _file?.Dispose();
        _file = null;
        DurableFile.Rename(_path + BesideSuffix, _path);
        _file = DurableFile.Open(_path, FileMode.Open, FileShare.Read);
        _file.Seek(0, SeekOrigin.End);
        _lengthWhenCompact = _file.Length;
    }

    /// <summary>The error number of a lock that another has: EAGAIN, by its number on Linux and on macOS, or Windows' own.</summary>
    private static bool IsSharingViolation(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static void Append(FileStream file, ReadOnlySpan<byte> line)
    {
        file.Write(line);
        file.Flush(flushToDisk: true);
    }
}
