using System.ComponentModel;
using System.Diagnostics;

namespace Baton.Cli.Bench.Processes;

/// <summary>
/// The programs a benchmark needs: found on PATH, else installed from the distribution's packages, else named with how to get them.
/// </summary>
internal static class BenchTools
{
    private const string AptGet = "apt-get";
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private static readonly Dictionary<string, string> Packages = new()
    {
        ["redis-server"] = "redis-server",
        ["redis-benchmark"] = "redis-tools",
        ["haproxy"] = "haproxy",
    };

    /// <summary>Sees to it that all are there.</summary>
    /// <exception cref="BenchException">One is not, and could not be installed.</exception>
    public static async Task EnsureAsync(IReadOnlyList<string> programs, TextWriter people, CancellationToken cancellationToken)
    {
        var missing = Missing(programs);
        if (missing.Length == 0)
        {
            return;
        }

        var packages = missing.Select(static program => Packages[program]).ToArray();
        if (Environment.UserName == "root" && Find(AptGet) is not null)
        {
            await people.WriteLineAsync($"installing {string.Join(", ", packages)}").ConfigureAwait(false);
            _ = await RunAsync(AptGet, ["update", "-q"], InstallLimit, cancellationToken).ConfigureAwait(false);
            _ = await RunAsync(AptGet, ["install", "-y", "-q", "--no-install-recommends", .. packages], InstallLimit, cancellationToken).ConfigureAwait(false);
        }

        if (Missing(programs) is { Length: > 0 } still)
        {
            throw new BenchException(
                $"not on PATH: {string.Join(", ", still)}. On Debian or Ubuntu: "
                + $"sudo apt-get install {string.Join(' ', still.Select(static program => Packages[program]))}");
        }
    }

    /// <summary>The first line a program prints, for the report.</summary>
    public static async Task<string> FirstLineAsync(string program, string argument, CancellationToken cancellationToken)
    {
        var output = await RunAsync(program, [argument], AnswerLimit, cancellationToken).ConfigureAwait(false);
        return output.Split('\n')[0].Trim();
    }

    /// <summary>This program itself, with arguments: how to start it again.</summary>
    public static (string Program, string[] Arguments) Own(params string[] arguments) =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "baton"
            ? (Environment.ProcessPath!, arguments)
            : ("dotnet", [typeof(BenchTools).Assembly.Location, .. arguments]);

    /// <summary>Runs a program to its end and gives what it wrote to standard output.</summary>
    /// <exception cref="BenchException">It cannot be started, takes longer than the limit, or fails.</exception>
    public static Task<string> RunAsync(string program, string[] arguments, TimeSpan limit, CancellationToken cancellationToken) =>
        RunAsync(new ProcessStartInfo(program, arguments), limit, cancellationToken);

    /// <summary>The same, for a program that needs more than arguments.</summary>
    /// <exception cref="BenchException">It cannot be started, takes longer than the limit, or fails.</exception>
    public static async Task<string> RunAsync(ProcessStartInfo start, TimeSpan limit, CancellationToken cancellationToken)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Start(start);
        using var bound = new CancellationTokenSource(limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            var error = process.StandardError.ReadToEndAsync(both.Token);
            var output = await process.StandardOutput.ReadToEndAsync(both.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(both.Token).ConfigureAwait(false);
            return process.ExitCode == 0
                ? output
                : throw new BenchException($"{start.FileName} ended with exit code {process.ExitCode}: {(await error.ConfigureAwait(false)).Trim()}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new BenchException($"{start.FileName} did not end within {limit.TotalSeconds} s");
        }
    }

    /// <exception cref="BenchException">It cannot be started.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new BenchException($"{start.FileName} cannot be started: {e.Message}");
        }
    }

    private static string[] Missing(IReadOnlyList<string> programs) => [.. programs.Where(static program => Find(program) is null)];

    // Daemons live in sbin, which is not on every user's PATH.
    private static string? Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':')
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
}
