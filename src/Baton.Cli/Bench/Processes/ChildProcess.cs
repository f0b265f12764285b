using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Baton.Cli.Bench.Processes;

/// <summary>A program that runs in the background until it is disposed: asked to end (SIGTERM), then, when it does not, ended.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private const int LinesKept = 30;
    private const int OutputKept = 1000;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly Channel<string> _output = Channel.CreateBounded<string>(
        new BoundedChannelOptions(OutputKept) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <exception cref="BenchException">It cannot be started.</exception>
    public ChildProcess(string program, params string[] arguments)
    {
        _process = BenchTools.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        _process.OutputDataReceived += (_, e) => Keep(e.Data, isOutput: true);
        _process.ErrorDataReceived += (_, e) => Keep(e.Data, isOutput: false);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Name => _process.StartInfo.FileName;

    /// <exception cref="BenchException">It has ended; the message has its last lines.</exception>
    public void ThrowIfEnded()
    {
        if (_process.HasExited)
        {
            throw new BenchException($"{Name} ended with exit code {_process.ExitCode}:\n{LastLines()}");
        }
    }

    /// <summary>The next line on its standard output.</summary>
    /// <exception cref="BenchException">It ended before, or took longer than the limit; the message has its last lines.</exception>
    public async Task<string> NextLineAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            return await _output.Reader.ReadAsync(both.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new BenchException($"{Name} gave no answer within {limit.TotalSeconds} s:\n{LastLines()}");
        }
    }

    /// <summary>Writes a line to its standard input and gives the next line of its standard output.</summary>
    /// <exception cref="BenchException">It ended, or took longer than the limit; the message has its last lines.</exception>
    public async Task<string> AskAsync(string line, TimeSpan limit, CancellationToken cancellationToken)
    {
        ThrowIfEnded();
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken).ConfigureAwait(false);
        await _process.StandardInput.FlushAsync(cancellationToken).ConfigureAwait(false);
        return await NextLineAsync(limit, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, Terminate);
            using var limit = new CancellationTokenSource(EndLimit, TimeProvider.System);
            try
            {
                await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    private void Keep(string? line, bool isOutput)
    {
        if (line is null)
        {
            if (isOutput)
            {
                _output.Writer.TryComplete();
            }

            return;
        }

        if (isOutput)
        {
            _output.Writer.TryWrite(line);
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > LinesKept)
            {
                _lines.Dequeue();
            }
        }
    }

    private string LastLines()
    {
        lock (_lines)
        {
            return string.Join('\n', _lines);
        }
    }
}
