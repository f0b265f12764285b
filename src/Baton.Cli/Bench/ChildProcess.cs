using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Baton.Cli.Bench;

/// <summary>A program that runs in the background until it is disposed: asked to end (SIGTERM), then, when it does not, ended.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private const int LinesKept = 30;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="BenchException">It cannot be started.</exception>
    public ChildProcess(string program, params string[] arguments)
    {
        _process = BenchTools.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
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

    /// <summary>The first line on its standard output.</summary>
    /// <exception cref="BenchException">It ended before, or took longer than the limit; the message has its last lines.</exception>
    public async Task<string> FirstLineAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        var ended = _process.WaitForExitAsync(both.Token);
        if (await Task.WhenAny(_firstLine.Task, ended).ConfigureAwait(false) == _firstLine.Task)
        {
            return await _firstLine.Task.ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new BenchException($"{Name} did not get ready:\n{LastLines()}");
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
            return;
        }

        if (isOutput)
        {
            _firstLine.TrySetResult(line);
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
