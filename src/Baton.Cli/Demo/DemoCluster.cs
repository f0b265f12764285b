using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Baton.Cli.Api;
using Baton.Cli.Demo.Operations;
using Baton.Server.Hosting;

namespace Baton.Cli.Demo;

/// <summary>
/// A cluster of the demo's own: <c>baton up</c> as a child process in a temporary directory on free ports. A process of its own, so that
/// the load's pauses (garbage collection, compilation) are not the server's, and so that it is the program people run.
/// </summary>
internal sealed class DemoCluster : IAsyncDisposable
{
    private const int OutputLinesKept = 40;

    // Starts the program in a session of its own (Ctrl-C at the terminal reaches the demo alone, which then ends it in order) and asks it
    // to end when the pipe from the demo closes: at the end of the run, or when the demo dies in whatever way.
    private const string Script = """
        trap '' INT
        command -v setsid >/dev/null && set -- setsid "$@"
        exec 3<&0
        "$@" </dev/null 3<&- &
        child=$!
        (cat <&3 >/dev/null; kill -TERM "$child") >/dev/null 2>&1 &
        guard=$!
        exec 3<&-
        wait "$child"
        code=$?
        kill "$guard" 2>/dev/null
        exit "$code"
        """;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly DirectoryInfo _directory;
    private readonly TimeProvider _time;
    private readonly Queue<string> _output = new();
    private readonly CancellationTokenSource _ended = new();
    private BatonApi? _api;

    private DemoCluster(Process process, DirectoryInfo directory, TimeProvider time)
    {
        (_process, _directory, _time) = (process, directory, time);
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.Exited += (_, _) => _ended.Cancel();
        process.EnableRaisingEvents = true;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Cancelled when the process is gone.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>The last lines the process printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', _output);
            }
        }
    }

    /// <summary>The database the load runs on.</summary>
    public DemoDatabase Database { get; private set; } = null!;

    /// <summary>Starts one and waits until its database serves; then sets the short windows and switches notifications on.</summary>
    /// <exception cref="DemoException">It did not come up; the message ends with what it printed.</exception>
    public static async Task<DemoCluster> StartAsync(DemoOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("baton-demo-");
        var start = new ProcessStartInfo("sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["-c", Script, "baton", .. OwnProgram(), "up", .. Arguments(options, directory.FullName)])
        {
            start.ArgumentList.Add(argument);
        }

        // What the person set for a cluster of their own is not meant for this one.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("BATON_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        var cluster = new DemoCluster(Process.Start(start)!, directory, time);
        try
        {
            using var limit = new CancellationTokenSource(StartLimit, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            await cluster.ConnectAsync(options, both.Token);
            return cluster;
        }
        catch (Exception e)
        {
            await cluster.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw e is ApiException or OperationCanceledException or DemoException
                ? new DemoException($"The cluster did not come up within {StartLimit.TotalSeconds} s: {e.Message}\n{cluster.Output}", e)
                : new DemoException(e.Message, e);
        }
    }

    /// <summary>Asks the process to end, waits for it (bounded), and removes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(StopLimit, _time);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    // `baton` itself, or `dotnet baton.dll`.
    private static string[] OwnProgram() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "baton"
        ? [Environment.ProcessPath!]
        : ["dotnet", typeof(DemoCluster).Assembly.Location];

    private static string[] Arguments(DemoOptions options, string directory)
    {
        string[] all =
        [
            "--engine", options.Engine, "--nodes", Text(options.Nodes), "--shards", Text(options.Shards), "--port", "0", "--rest-port", "0",
            "--data", directory, "--persist", options.Persistence,
        ];
        return
        [
            .. all,
            .. options.HasReplicas ? (string[])["--replication"] : [],
            .. options.EnginePath is null ? [] : (string[])["--engine-path", options.EnginePath],
        ];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task ConnectAsync(DemoOptions options, CancellationToken cancellationToken)
    {
        AccessFile? access;
        while ((access = AccessFile.TryRead(_directory.FullName)) is null)
        {
            if (_process.HasExited)
            {
                throw new DemoException($"it ended with exit code {_process.ExitCode}");
            }

            await Task.Delay(Poll, _time, cancellationToken);
        }

        _api = new BatonApi(new ApiAddress(access.Url, access.User, access.Secret, access.Certificate, Insecure: false));
        JsonArray databases;
        while ((databases = (await _api.GetAsync("/v1/bdbs", cancellationToken)).AsArray()).Count == 0)
        {
            await Task.Delay(Poll, _time, cancellationToken);
        }

        Database = new DemoDatabase(_api, (int)databases[0]!["uid"]!, _time);
        await Database.WaitForStatusAsync("active", cancellationToken);
        await _api.PutAsync(
            "/v1/cluster",
            new JsonObject
            {
                ["client_maint_notifications"] = true,
                ["state_machine_smart_client_handoffs_delay_ms"] = (int)options.HandoffsDelay.TotalMilliseconds,
            },
            cancellationToken);
        await _api.PutAsync(
            "/v1/cluster/policy",
            new JsonObject
            {
                ["endpoint_rebind_propagation_grace_time"] = (int)options.Grace.TotalSeconds,
                ["hold_limit_ms"] = (int)options.HoldLimit.TotalMilliseconds,
            },
            cancellationToken);
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            if (line is not null)
            {
                _output.Enqueue(line);
            }

            while (_output.Count > OutputLinesKept)
            {
                _output.Dequeue();
            }
        }
    }
}
