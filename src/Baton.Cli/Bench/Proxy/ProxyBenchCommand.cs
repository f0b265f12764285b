using System.CommandLine;

namespace Baton.Cli.Bench.Proxy;

/// <summary><c>baton bench proxy</c>.</summary>
internal static class ProxyBenchCommand
{
    private static readonly Option<int> Rounds = BenchRun.Rounds(5);
    private static readonly Option<double> Seconds = BenchRun.Seconds(2, "About how long each of a round's 18 legs takes.");
    private static readonly Option<string?> Json = BenchRun.Json();

    private static readonly Option<int> Loops = new("--loops")
    {
        Description = "Baton's event loops; 0 = one per core, as baton up has by default. haproxy has one thread.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var proxy = new Command("proxy", "redis-server directly, through Baton and through haproxy: throughput and CPU per command.")
        {
            Rounds, Seconds, Loops, Json,
        };
        proxy.SetAction(static (parsed, cancellationToken) =>
        {
            var options = new ProxyBenchOptions
            {
                Rounds = parsed.GetValue(Rounds),
                SecondsPerLeg = parsed.GetValue(Seconds),
                Loops = parsed.GetValue(Loops),
            };
            return BenchRun.RunAsync(
                parsed.GetValue(Json), people => ProxyBench.RunAsync(options, people, cancellationToken), cancellationToken);
        });
        return proxy;
    }
}
