using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Baton.Server.Engines.RedisProcess;

/// <summary>How a child is made to end with this process, even when it is ended by <c>kill -9</c>.</summary>
internal enum ParentBond
{
    /// <summary>The kernel sends SIGKILL when the parent dies (<c>setpriv --pdeathsig</c>, Linux).</summary>
    DeathSignal,

    /// <summary>A shell holds a pipe from the parent and kills the child when the pipe closes.</summary>
    Watchdog,
}

/// <summary>Starts programs that read their configuration on standard input and never outlive this process. Thread-safe.</summary>
/// <remarks>
/// The kernel's parent death signal fires when the <i>thread</i> that forked ends, not the process. A thread-pool thread that retires would
/// take every shard with it. So all children are started by one thread that lives as long as the process.
/// </remarks>
internal static class ParentBoundLauncher
{
    // A parent that died before the signal was set is not the parent any more when the shell looks: then nothing is started.
    private const string DeathSignalScript = """[ "$PPID" = "$1" ] && exec "$2" -""";

    // Reads the configuration up to a marker line (the rest of the pipe only tells whether the parent lives), then feeds it to the program.
    // `set -m` gives the program a process group of its own, so that Ctrl-C at a terminal reaches the parent alone.
    private const string WatchdogScript = """
        trap '' INT
        set -m
        exec 3<&0
        text=
        while IFS= read -r line && [ "$line" != "$1" ]; do text="$text$line
        "; done
        [ "$line" = "$1" ] || exit 1
        printf '%s' "$text" | "$2" - 3<&- &
        child=$!
        (cat <&3 >/dev/null; kill -9 "$child") &
        guard=$!
        exec 3<&-
        wait "$child"
        code=$?
        kill -9 "-$guard" 2>/dev/null
        exit $code
        """;

    private const string EndOfConfiguration = "# end of configuration";

    private static readonly BlockingCollection<Action> Orders = StartThread();

    /// <summary>The best bond this machine has.</summary>
    public static ParentBond BestBond { get; } =
        OperatingSystem.IsLinux() && FindTool("setpriv") is not null && FindTool("setsid") is not null
            ? ParentBond.DeathSignal
            : ParentBond.Watchdog;

    /// <summary>Starts <paramref name="program"/> in <paramref name="directory"/> and hands it <paramref name="configuration"/>.</summary>
    /// <exception cref="EngineException">It could not be started.</exception>
    public static async Task<Process> StartAsync(string program, string configuration, string directory, ParentBond bond)
    {
        ProcessStartInfo start = bond == ParentBond.DeathSignal
            ? new ProcessStartInfo("setsid", ["setpriv", "--pdeathsig", "KILL", "sh", "-c", DeathSignalScript, "baton", OwnId(), program])
            : new ProcessStartInfo("sh", ["-c", WatchdogScript, "baton", EndOfConfiguration, program]);
        start.WorkingDirectory = directory;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;

        TaskCompletionSource<Process> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Orders.Add(() => Start(start, started));
        Process process = await started.Task.ConfigureAwait(false);
        try
        {
            await process.StandardInput.WriteAsync(configuration).ConfigureAwait(false);
            if (bond == ParentBond.Watchdog)
            {
                await process.StandardInput.WriteAsync(EndOfConfiguration + "\n").ConfigureAwait(false);
                await process.StandardInput.FlushAsync().ConfigureAwait(false);
            }
            else
            {
                process.StandardInput.Close();
            }
        }
        catch (IOException)
        {
            // It ended before it read everything; its exit code and output say why.
        }

        return process;
    }

    private static void Start(ProcessStartInfo start, TaskCompletionSource<Process> started)
    {
        try
        {
            started.SetResult(Process.Start(start) ?? throw new EngineException($"{start.FileName} could not be started"));
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException or EngineException)
        {
            started.SetException(new EngineException($"{start.FileName} could not be started: {exception.Message}", exception));
        }
    }

    private static BlockingCollection<Action> StartThread()
    {
        BlockingCollection<Action> orders = [];
        Thread thread = new(() =>
        {
            foreach (Action order in orders.GetConsumingEnumerable())
            {
                order();
            }
        })
        {
            IsBackground = true,
            Name = "baton engine launcher",
        };
        thread.Start();
        return orders;
    }

    private static string OwnId() => Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private static string? FindTool(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
}
