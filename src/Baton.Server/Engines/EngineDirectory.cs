using Baton.Server.Store;

namespace Baton.Server.Engines;

/// <summary>The data directory of one instance.</summary>
internal static class EngineDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Creates the directory, for its owner alone; a fresh instance insists on an empty one.</summary>
    /// <exception cref="EngineException">It cannot be created, or a fresh instance would find another's data in it.</exception>
    public static void Prepare(ShardSpec spec)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(spec.DataDirectory);
            }
            else
            {
                Directory.CreateDirectory(spec.DataDirectory, OwnerOnly);
            }

            if (!spec.Recover && !InstanceFolders.IsEmpty(spec.DataDirectory))
            {
                throw new EngineException(
                    $"{spec}: the data directory is not empty, and a fresh instance must not start on old data; "
                    + "remove it or start with recovery");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{spec}: the data directory cannot be used: {exception.Message}", exception);
        }
    }
}
