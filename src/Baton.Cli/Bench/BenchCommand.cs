using System.CommandLine;

namespace Baton.Cli.Bench;

/// <summary><c>baton bench</c>: measures Baton beside what it is compared with, in one run on this machine.</summary>
internal static class BenchCommand
{
    private static readonly Option<int> Rounds = new("--rounds")
    {
        Description = "Interleaved rounds; medians are over them.",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
    };

    private static readonly Option<double> Seconds = new("--seconds")
    {
        Description = "About how long each of a round's 18 legs takes.",
        HelpName = "N",
        DefaultValueFactory = _ => 2,
    };

    private static readonly Option<int> Loops = new("--loops")
    {
        Description = "Baton's event loops; 0 = one per core, as baton up has by default. haproxy has one thread.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<string?> Json = new("--json")
    {
        Description = "Write all figures as JSON to a file, or to standard output (-), where then nothing else is written.",
        HelpName = "FILE|-",
    };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Rounds.Validators.Add(static result => Check(result.GetValueOrDefault<int>() is >= 1 and <= 1000, result, "1 to 1000"));
        Seconds.Validators.Add(static result => Check(result.GetValueOrDefault<double>() is >= 0.1 and <= 600, result, "0.1 to 600"));
        var proxy = new Command("proxy", "redis-server directly, through Baton and through haproxy: throughput and CPU per command.")
        {
            Rounds, Seconds, Loops, Json,
        };
        proxy.SetAction(static (parsed, cancellationToken) => RunAsync(
            new ProxyBenchOptions
            {
                Rounds = parsed.GetValue(Rounds),
                SecondsPerLeg = parsed.GetValue(Seconds),
                Loops = parsed.GetValue(Loops),
                Json = parsed.GetValue(Json),
            },
            cancellationToken));
        return new Command("bench", "Measure Baton beside what it is compared with.") { proxy };
    }

    private static async Task<int> RunAsync(ProxyBenchOptions options, CancellationToken cancellationToken)
    {
        var people = options.Json == "-" ? Console.Error : Console.Out;
        try
        {
            var report = await ProxyBench.RunAsync(options, people, cancellationToken).ConfigureAwait(false);
            ProxyBenchText.Write(people, report);
            if (options.Json == "-")
            {
                Console.Out.WriteLine(report.ToJson());
            }
            else if (options.Json is { } file)
            {
                await File.WriteAllTextAsync(file, report.ToJson() + "\n", cancellationToken).ConfigureAwait(false);
            }

            return ExitCode.Ok;
        }
        catch (Exception e) when (e is BenchException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"baton: {e.Message}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }

    private static void Check(bool holds, System.CommandLine.Parsing.OptionResult result, string range)
    {
        if (!holds)
        {
            result.AddError($"{result.Option.Name} must be {range}.");
        }
    }
}
