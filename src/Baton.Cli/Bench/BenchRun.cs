using System.CommandLine;
using System.CommandLine.Parsing;
using System.Numerics;
using Baton.Cli.Bench.Reports;

namespace Baton.Cli.Bench;

/// <summary>What all benchmarks have in common on the command line: options, where the report goes, how a failure is told.</summary>
internal static class BenchRun
{
    /// <summary><c>--rounds</c>.</summary>
    public static Option<int> Rounds(int rounds) => Ranged("--rounds", rounds, 1, 1000, "Interleaved rounds; medians are over them.");

    /// <summary><c>--seconds</c>.</summary>
    public static Option<double> Seconds(double seconds, string description) => Ranged("--seconds", seconds, 0.1, 600, description);

    /// <summary><c>--json</c>.</summary>
    public static Option<string?> Json() => new("--json")
    {
        Description = "Write all figures as JSON to a file, or to standard output (-), where then nothing else is written.",
        HelpName = "FILE|-",
    };

    /// <summary>Runs a benchmark and writes its report: a table for people, and the JSON where it was asked for.</summary>
    /// <param name="json">A file, <c>-</c>, or null.</param>
    /// <param name="bench">The benchmark; it is given where to write its progress.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<int> RunAsync<TReport>(string? json, Func<TextWriter, Task<TReport>> bench, CancellationToken cancellationToken)
        where TReport : BenchReport
    {
        var people = json == "-" ? Console.Error : Console.Out;
        try
        {
            var report = await bench(people).ConfigureAwait(false);
            report.Write(people);
            if (json == "-")
            {
                Console.Out.WriteLine(report.ToJson());
            }
            else if (json is not null)
            {
                await File.WriteAllTextAsync(json, report.ToJson() + "\n", cancellationToken).ConfigureAwait(false);
            }

            return ExitCode.Ok;
        }
        catch (Exception e) when (e is BenchException or LabException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"baton: {e.Message}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }

    private static Option<T> Ranged<T>(string name, T value, T least, T most, string description)
        where T : INumber<T>
    {
        var option = new Option<T>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };
        option.Validators.Add(result => Check(result, result.GetValueOrDefault<T>()));
        return option;

        void Check(OptionResult result, T? given)
        {
            if (given is null || given < least || given > most)
            {
                result.AddError(FormattableString.Invariant($"{name} must be {least} to {most}."));
            }
        }
    }
}
