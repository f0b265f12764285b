namespace Baton.Integration.Tests.Faults;

/// <summary>
/// A redis-server that a test can break: a script in front of the real one which, while a file says so, ends at once or never answers.
/// Servers that are running already are not touched.
/// </summary>
internal sealed class EngineStub : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("baton-engine-").FullName;

    public EngineStub()
    {
        var script =
            $"""
            #!/bin/sh
            mode=$(cat '{ModePath}' 2>/dev/null)
            case "$1" in -v|--version) exec redis-server "$@";; esac
            case "$mode" in
              fail) echo "the disk is on fire" >&2; exit 1;;
              hang) exec sleep 600;;
              *) exec redis-server "$@";;
            esac

            """;
        File.WriteAllText(Path, script.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>The script, for <c>--engine-path</c>.</summary>
    public string Path => System.IO.Path.Combine(_folder, "redis-server");

    private string ModePath => System.IO.Path.Combine(_folder, "mode");

    /// <summary><c>fail</c>, <c>hang</c> or <c>work</c>, for servers started from now on.</summary>
    public void Set(string mode) => File.WriteAllText(ModePath, mode);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
