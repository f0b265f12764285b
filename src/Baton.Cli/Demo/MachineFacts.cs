using System.Reflection;
using System.Runtime.InteropServices;
using Baton.Cli.Demo.View;

namespace Baton.Cli.Demo;

/// <summary>What a run took place on.</summary>
internal static class MachineFacts
{
    /// <summary>The machine.</summary>
    public static DemoReport.MachineRow Machine() =>
        new(Environment.ProcessorCount, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription);

    /// <summary>Versions by name.</summary>
    public static IReadOnlyDictionary<string, string> Versions() => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["baton"] = Of(typeof(MachineFacts).Assembly),
        ["Baton.Client"] = Of(typeof(Baton.Client.RedisClient).Assembly),
        ["StackExchange.Redis"] = Of(typeof(StackExchange.Redis.ConnectionMultiplexer).Assembly),
    };

    private static string Of(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? $"{assembly.GetName().Version}";
}
