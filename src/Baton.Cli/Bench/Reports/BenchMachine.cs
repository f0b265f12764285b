using System.Reflection;
using System.Runtime.InteropServices;

namespace Baton.Cli.Bench.Reports;

/// <summary>What a benchmark ran on, and which program it was.</summary>
internal static class BenchMachine
{
    /// <summary>The machine, with its load average at the end of the run: what else it had to do.</summary>
    public static IReadOnlyDictionary<string, object> Facts() => new Dictionary<string, object>
    {
        ["cores"] = Environment.ProcessorCount,
        ["kernel"] = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        ["cpu"] = File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))?
            .Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
        ["loadAverage"] = string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)),
    };

    /// <summary>Versions of Baton and .NET, and others by name.</summary>
    public static SortedDictionary<string, string> Versions(params (string Name, string Version)[] others)
    {
        var versions = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["baton"] = typeof(BenchMachine).Assembly.GetName().Version!.ToString(),
            ["dotnet"] = RuntimeInformation.FrameworkDescription,
        };
        foreach (var (name, version) in others)
        {
            versions[name] = version;
        }

        return versions;
    }

    /// <summary>The version of a library, without the commit it was built from.</summary>
    public static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? $"{assembly.GetName().Version}";
}
