using System.Collections.Concurrent;
using System.Diagnostics;

namespace Baton.TestKit.Processes;

/// <summary>A program started by a test: its lines are kept for failures, and disposing always ends it and what it started.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Task _pumps;

    /// <summary>Starts it.</summary>
    public ChildProcess(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        _pumps = Task.WhenAll(PumpAsync(_process.StandardOutput, _output), PumpAsync(_process.StandardError, _errors));
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>True when it ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code; only after it ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Lines of its standard output so far.</summary>
    public IReadOnlyList<string> Output => [.. _output];

    /// <summary>Lines of its standard error so far.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    /// <summary>Its standard input.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>The last lines of both streams, for failures.</summary>
    public string Tail => string.Join('\n', Output.TakeLast(15).Concat(Errors.TakeLast(25)));

    /// <summary>Waits for a line of standard output.</summary>
    /// <exception cref="TimeoutException">It did not come.</exception>
    public async Task<string> LineAsync(Func<string, bool> predicate, TimeSpan limit, string what)
    {
        string? line = null;
        await Eventually.TrueAsync(
            () => (line = Output.FirstOrDefault(predicate)) is not null || _process.HasExited && _pumps.IsCompleted,
            limit,
            what,
            () => Tail);
        return line ?? Output.FirstOrDefault(predicate)
            ?? throw new InvalidOperationException($"The program ended with {ExitCode} without: {what}\n{Tail}");
    }

    /// <summary>Waits until it ends by itself; returns its exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan limit)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(limit);
            await _pumps.WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Still running after {limit.TotalSeconds:0} s: {_process.StartInfo.FileName}\n{Tail}");
        }

        return ExitCode;
    }

    /// <summary>SIGKILL to this process alone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(EndLimit);
    }

    /// <summary>Kills it and what it started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().WaitAsync(EndLimit);
        }

        _process.Dispose();
    }

    private static async Task PumpAsync(StreamReader from, ConcurrentQueue<string> to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            to.Enqueue(line);
        }
    }
}
