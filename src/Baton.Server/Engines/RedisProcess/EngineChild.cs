using System.Diagnostics;

namespace Baton.Server.Engines.RedisProcess;

/// <summary>One running engine program: its process, its output, its end. Thread-safe; disposing ends it hard.</summary>
internal sealed class EngineChild : IAsyncDisposable
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly EngineLog _log;
    private readonly TimeProvider _time;

    private EngineChild(Process process, EngineLog log, TimeProvider time)
    {
        _process = process;
        _log = log;
        _time = time;
        Ended = WatchAsync();
    }

    /// <summary>Completes when the program showed its first sign of life.</summary>
    public required Task Alive { get; init; }

    /// <summary>Completes when the program says it has loaded its data and accepts connections.</summary>
    public required Task Serving { get; init; }

    /// <summary>Completes when the program has ended and its last words are in <see cref="LastLines"/>.</summary>
    public Task Ended { get; }

    /// <summary>The process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Processor time it has used; null when it has ended.</summary>
    public TimeSpan? ProcessorTime
    {
        get
        {
            try
            {
                _process.Refresh();
                return _process.TotalProcessorTime;
            }
            catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                return null;
            }
        }
    }

    /// <summary>Its exit code; only after <see cref="Ended"/>.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Its last output.</summary>
    public string LastLines => _log.LastLines();

    /// <summary>Starts the program in <paramref name="directory"/>, where its log goes too.</summary>
    /// <exception cref="EngineException">It could not be started.</exception>
    public static async Task<EngineChild> StartAsync(
        RedisBinary binary, string configuration, string directory, ParentBond bond, EngineLimits limits, TimeProvider time)
    {
        EngineLog log = new(Path.Combine(directory, "engine.log"), limits);
        try
        {
            Task alive = log.WaitForAsync("Server initialized");
            Task serving = log.WaitForAsync("Ready to accept connections");
            Process process = await ParentBoundLauncher.StartAsync(binary.Path, configuration, directory, bond).ConfigureAwait(false);
            return new EngineChild(process, log, time) { Alive = alive, Serving = serving };
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Ends the program hard and waits, bounded, until it is gone.</summary>
    public async Task KillAsync()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended already.
        }

        await Ended.WaitAsync(KillLimit, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        _process.Dispose();
        _log.Dispose();
    }

    private async Task WatchAsync()
    {
        Task output = _log.CopyFromAsync(_process.StandardOutput);
        Task errors = _log.CopyFromAsync(_process.StandardError);
        await _process.WaitForExitAsync().ConfigureAwait(false);
        await Task.WhenAll(output, errors).ConfigureAwait(false);
    }
}
