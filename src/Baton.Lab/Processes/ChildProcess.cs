using System.ComponentModel;
using System.Diagnostics;
using System.Threading.Channels;

namespace Baton.Lab;

/// <summary>A program that runs in the background: its lines are kept for failures, and disposing always ends it and what it started. Thread-safe.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>The last lines of each stream that are kept.</summary>
    private const int LinesKept = 20_000;

    private const int LinesShown = 30;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly KeptLines _output = new(LinesKept);
    private readonly KeptLines _errors = new(LinesKept);
    private readonly Channel<string> _unread = Channel.CreateBounded<string>(
        new BoundedChannelOptions(LinesKept) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly Task _pumps;

    /// <summary>Starts it.</summary>
    /// <param name="program">The program, looked for on PATH.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">What it gets beside this process' environment.</param>
    /// <param name="folder">Its working directory; null for the system's temporary one.</param>
    /// <exception cref="LabException">It cannot be started.</exception>
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

        _process = Start(start);
        _pumps = Task.WhenAll(
            PumpAsync(_process.StandardOutput, _output, _unread.Writer), PumpAsync(_process.StandardError, _errors, null));
    }

    /// <summary>Asks it to end (SIGTERM) when it is disposed, and kills it only when it does not.</summary>
    public bool EndsWhenAsked { get; init; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>The program.</summary>
    public string Name => _process.StartInfo.FileName;

    /// <summary>True when it ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code; only after it ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Lines of its standard output so far.</summary>
    public IReadOnlyList<string> Output => _output.All();

    /// <summary>Lines of its standard error so far.</summary>
    public IReadOnlyList<string> Errors => _errors.All();

    /// <summary>Its standard input.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>The last lines of both streams, for failures.</summary>
    public string Tail => string.Join('\n', Output.TakeLast(LinesShown).Concat(Errors.TakeLast(LinesShown)));

    /// <exception cref="LabException">It has ended; the message has its last lines.</exception>
    public void ThrowIfEnded()
    {
        if (_process.HasExited)
        {
            throw new LabException($"{Name} ended with exit code {_process.ExitCode}:\n{Tail}");
        }
    }

    /// <summary>The first line of standard output, early or late, that fits.</summary>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    /// <exception cref="LabException">The program ended without it.</exception>
    public async Task<string> LineAsync(Func<string, bool> predicate, TimeSpan limit, string what)
    {
        using var bound = new CancellationTokenSource(limit, TimeProvider.System);
        while (true)
        {
            var more = _output.Changed;
            var hasEnded = _pumps.IsCompleted;
            if (Output.FirstOrDefault(predicate) is { } line)
            {
                return line;
            }

            if (hasEnded)
            {
                throw new LabException($"{Name} ended without: {what}\n{Tail}");
            }

            await Task.WhenAny(more, _pumps, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, bound.Token)).ConfigureAwait(false);
            if (bound.IsCancellationRequested)
            {
                throw new TimeoutException($"not within {limit.TotalSeconds:0.#} s: {what}\n{Tail}");
            }
        }
    }

    /// <summary>The next line on its standard output that this method has not given yet.</summary>
    /// <exception cref="LabException">It ended before, or took longer than the limit; the message has its last lines.</exception>
    public async Task<string> NextLineAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            return await _unread.Reader.ReadAsync(both.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new LabException($"{Name} gave no answer within {limit.TotalSeconds} s:\n{Tail}");
        }
    }

    /// <summary>Writes a line to its standard input and gives the next line of its standard output.</summary>
    /// <exception cref="LabException">It ended, or took longer than the limit; the message has its last lines.</exception>
    public async Task<string> AskAsync(string line, TimeSpan limit, CancellationToken cancellationToken)
    {
        ThrowIfEnded();
        await Input.WriteLineAsync(line.AsMemory(), cancellationToken).ConfigureAwait(false);
        await Input.FlushAsync(cancellationToken).ConfigureAwait(false);
        return await NextLineAsync(limit, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until it ends by itself; returns its exit code.</summary>
    /// <exception cref="TimeoutException">It did not in time.</exception>
    public async Task<int> ExitAsync(TimeSpan limit)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(limit, TimeProvider.System).ConfigureAwait(false);
            await _pumps.WaitAsync(limit, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Still running after {limit.TotalSeconds:0} s: {Name}\n{Tail}");
        }

        return ExitCode;
    }

    /// <summary>SIGKILL to this process alone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(EndLimit, TimeProvider.System).ConfigureAwait(false);
    }

    /// <summary>Ends it and what it started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (EndsWhenAsked && !_process.HasExited)
        {
            Signals.EndIfThere(_process.Id);
            await _process.WaitForExitAsync().WaitAsync(EndLimit, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().WaitAsync(EndLimit, TimeProvider.System).ConfigureAwait(false);
        }

        _process.Dispose();
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new LabException($"{start.FileName} cannot be started: {e.Message}");
        }
    }

    private static async Task PumpAsync(StreamReader from, KeptLines to, ChannelWriter<string>? unread)
    {
        while (await from.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            to.Add(line);
            unread?.TryWrite(line);
        }

        unread?.TryComplete();
    }
}
