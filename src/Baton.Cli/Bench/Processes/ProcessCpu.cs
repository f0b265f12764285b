using System.Globalization;

namespace Baton.Cli.Bench.Processes;

/// <summary>CPU time (user and system) from <c>/proc</c>, in seconds.</summary>
internal static class ProcessCpu
{
    // What the kernel shows in /proc/PID/stat is in hundredths of a second on every Linux .NET runs on, whatever its own tick is.
    private const double TicksPerSecond = 100;

    /// <summary>Of a running process, all threads.</summary>
    public static double Of(int process) => Sum(Fields($"/proc/{process}/stat"), 11, 12);

    /// <summary>Of this process's children that have ended.</summary>
    public static double OfEndedChildren() => Sum(Fields("/proc/self/stat"), 13, 14);

    /// <summary>The processes with a name among the descendants of another.</summary>
    public static IReadOnlyList<int> FindDescendants(int ancestor, string name)
    {
        var parents = new Dictionary<int, int>();
        var named = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var process) && TryRead($"{directory}/stat") is { } stat)
            {
                parents[process] = int.Parse(AfterName(stat)[1], CultureInfo.InvariantCulture);
                if (stat.Contains($"({name})", StringComparison.Ordinal))
                {
                    named.Add(process);
                }
            }
        }

        return [.. named.Where(IsBelow)];

        bool IsBelow(int process)
        {
            for (var at = process; parents.TryGetValue(at, out var parent); at = parent)
            {
                if (parent == ancestor)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static string[] Fields(string file) => AfterName(File.ReadAllText(file));

    // "pid (name) state ppid ...": the name may hold blanks and brackets, so count from the last bracket.
    private static string[] AfterName(string stat) => stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

    private static double Sum(string[] fields, int first, int second) =>
        (long.Parse(fields[first], CultureInfo.InvariantCulture) + long.Parse(fields[second], CultureInfo.InvariantCulture)) / TicksPerSecond;

    private static string? TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null; // It ended meanwhile.
        }
    }
}
