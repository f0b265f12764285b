using System.Globalization;

namespace Baton.TestKit.Processes;

/// <summary>What /proc says: the processes that belong to a data directory. Linux only.</summary>
public static class ProcessTable
{
    /// <summary>Processes that work in the directory or name it on their command line.</summary>
    public static IReadOnlyList<(int Id, string CommandLine)> UsersOf(string directory)
    {
        var users = new List<(int, string)>();
        foreach (var entry in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out var id) || id == Environment.ProcessId)
            {
                continue;
            }

            var commandLine = Read(() => File.ReadAllText($"{entry}/cmdline").Replace('\0', ' ').Trim());
            var folder = Read(() => new FileInfo($"{entry}/cwd").LinkTarget ?? "");
            var state = Read(() => File.ReadAllText($"{entry}/stat"));
            var isZombie = state.Contains(") Z ", StringComparison.Ordinal);
            var uses = commandLine.Contains(directory, StringComparison.Ordinal) || folder.StartsWith(directory, StringComparison.Ordinal);
            if (uses && !isZombie)
            {
                users.Add((id, commandLine));
            }
        }

        return users;
    }

    // A process may end between two reads.
    private static string Read(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
