using System.Runtime.InteropServices;

namespace Baton.Server.Store;

/// <summary>What the base library lacks for files that must survive a power cut.</summary>
internal static partial class DurableFile
{
    private const string BesideSuffix = ".new";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Opens a file only its owner may read. The file may hold passwords.</summary>
    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open)
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }

    /// <summary>
    /// Replaces a file as a whole, for its owner's eyes only: whoever reads sees the old content or the new one, and a crash leaves one of them.
    /// </summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        WriteBeside(path, content, BesideSuffix);
        Rename(path + BesideSuffix, path);
    }

    /// <summary>Writes and syncs a file next to another one, to be renamed over it later.</summary>
    public static void WriteBeside(string path, ReadOnlySpan<byte> content, string suffix)
    {
        string beside = path + suffix;
        File.Delete(beside); // What an interrupted write left. Made anew, so that its mode is ours.
        try
        {
            using FileStream file = Open(beside, FileMode.CreateNew, FileShare.Read);
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            File.Delete(beside); // A full disk gets its room back.
            throw;
        }
    }

    /// <summary>Renames over whatever is there, durably.</summary>
    public static void Rename(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(to))!);
    }

    /// <summary>Makes creations and renames inside a directory durable (fsync of the directory). Windows does so by itself.</summary>
    public static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int handle = OpenPath(path, 0 /* O_RDONLY */);
        if (handle < 0)
        {
            throw new IOException($"The directory {path} cannot be opened (errno {Marshal.GetLastPInvokeError()}).");
        }

        try
        {
            if (Fsync(handle) != 0)
            {
                throw new IOException($"The directory {path} cannot be synced (errno {Marshal.GetLastPInvokeError()}).");
            }
        }
        finally
        {
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenPath(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);
}
