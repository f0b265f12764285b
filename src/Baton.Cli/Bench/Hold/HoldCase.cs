using System.Globalization;

namespace Baton.Cli.Bench.Hold;

/// <summary>What clients hold while a shard moves.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Command">What the n-th client says; null = there are no clients.</param>
/// <param name="Answers">Whether that is answered before the move.</param>
/// <param name="Links">Connections of the proxy to engines for each while the shard moves; 0 = one client says it all.</param>
internal sealed record HoldCase(string Name, Func<int, string>? Command, bool Answers, int Links)
{
    private const string EmbeddedEngine = "garnet";
    private const string ProcessLimits = "/proc/self/limits";

    /// <summary>Files that are open beside the clients'.</summary>
    private const int OtherFiles = 500;

    private static readonly HoldCase[] All =
    [
        new("nothing", null, Answers: true, Links: 0),
        new("scripts", static n => Invariant($"EVAL \"return {n}\" 0"), Answers: true, Links: 0),
        new("watches", static n => Invariant($"WATCH watched:{n}"), Answers: true, Links: 1),
        new("subscribers", static n => Invariant($"SUBSCRIBE channel-{n % 100}"), Answers: true, Links: 2),
        new("blocked", static n => Invariant($"BLPOP list:{n} 0"), Answers: false, Links: 1),
    ];

    /// <summary>The cases with these names, all when there are none.</summary>
    /// <exception cref="BenchException">There is no such case; raised when it is used.</exception>
    public static IReadOnlyList<HoldCase> Named(IReadOnlyCollection<string> names) =>
        names.Count == 0 ? All : [.. All.Where(each => names.Contains(each.Name))];

    /// <summary>How many files a process may have open: what this machine says, and a child inherits.</summary>
    public static int OpenFilesLimit { get; } = ReadOpenFilesLimit();

    /// <summary>
    /// How many of <paramref name="wanted"/> a cluster's process may have, by its limit of open files: the client, its links, and the other ends of
    /// these where the engine is in the same process.
    /// </summary>
    public int Fitting(int wanted, string engine) => Command is null ? 0
        : Links == 0 ? wanted
        : Math.Min(wanted, (OpenFilesLimit - OtherFiles) / (1 + (Links * (engine == EmbeddedEngine ? 2 : 1))));

    private static int ReadOpenFilesLimit()
    {
        var line = File.ReadLines(ProcessLimits).FirstOrDefault(static line => line.StartsWith("Max open files", StringComparison.Ordinal)) ?? "";
        var numbers = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(static word => int.TryParse(word, CultureInfo.InvariantCulture, out _));
        return numbers.Select(static word => int.Parse(word, CultureInfo.InvariantCulture)).FirstOrDefault(int.MaxValue);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
