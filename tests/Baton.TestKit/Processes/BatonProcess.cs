using System.Text.Json.Nodes;
using Baton.TestKit.Rest;

namespace Baton.TestKit.Processes;

/// <summary>
/// <c>baton up</c> as a process of its own on free ports, with a REST client. Disposing ends it in any case, and removes its data
/// directory when it made one.
/// </summary>
public sealed class BatonProcess : IAsyncDisposable
{
    /// <summary>The administrator given to every cluster under test.</summary>
    public const string User = "test@redis.com";

    /// <summary>Its password.</summary>
    public const string Password = "test123";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    private bool _ownsDirectory;

    private BatonProcess(BatonOptions options, string directory, ChildProcess child, JsonNode ready)
    {
        Options = options;
        DataDirectory = directory;
        _ownsDirectory = options.DataDirectory is null;
        Child = child;
        Api = new ClusterApi(new Uri(ready["rest"]!.GetValue<string>()), User, Password);
        Port = ready["databases"]![0]!["port"]!.GetValue<int>();
        NodeAddresses = ready["nodes"]!.AsArray().ToDictionary(
            node => node!["uid"]!.GetValue<int>(), node => node!["address"]!.GetValue<string>());
    }

    /// <summary>What it was started with.</summary>
    public BatonOptions Options { get; }

    /// <summary>State and data.</summary>
    public string DataDirectory { get; }

    /// <summary>The process.</summary>
    public ChildProcess Child { get; }

    /// <summary>Its REST API.</summary>
    public ClusterApi Api { get; }

    /// <summary>The first database.</summary>
    public int Database => 1;

    /// <summary>The first database's port, on every node.</summary>
    public int Port { get; }

    /// <summary>Node uid to address.</summary>
    public IReadOnlyDictionary<int, string> NodeAddresses { get; }

    /// <summary>Starts a cluster and waits until it serves.</summary>
    public static async Task<BatonProcess> StartAsync(BatonOptions options)
    {
        var directory = options.DataDirectory ?? Directory.CreateTempSubdirectory("baton-test-").FullName;
        var child = new ChildProcess(Path.Combine(AppContext.BaseDirectory, "baton"), Arguments(options, directory));
        try
        {
            var line = await child.LineAsync(
                text => text.Contains("\"ready\":true", StringComparison.Ordinal), StartLimit, "ready line of baton up");
            var process = new BatonProcess(options, directory, child, JsonNode.Parse(line)!);
            await process.PrepareAsync();
            return process;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>A node that serves the database now.</summary>
    public async Task<string> HostAsync() => (await Api.EndpointAddressesAsync(Database))[0];

    /// <summary>The engine's processes that run now, without those of the start's rehearsal; empty for an embedded engine.</summary>
    public IReadOnlyList<(int Id, string CommandLine)> EngineProcesses() =>
        [.. ProcessTable.UsersOf(Path.Combine(DataDirectory, "instances")).Where(
            user => user.Id != Child.Id && user.CommandLine.Contains("redis-server", StringComparison.Ordinal))];

    /// <summary>The node uid of an address.</summary>
    public int NodeAt(string address) => NodeAddresses.Single(pair => pair.Value == address).Key;

    /// <summary>
    /// The same cluster started again on the same data, which now belongs to the object returned; this one is done with. The old process
    /// must have ended.
    /// </summary>
    public async Task<BatonProcess> RestartAsync()
    {
        var restarted = await StartAsync(Options with { DataDirectory = DataDirectory });
        (restarted._ownsDirectory, _ownsDirectory) = (_ownsDirectory, false);
        Api.Dispose();
        await Child.DisposeAsync();
        return restarted;
    }

    /// <summary>SIGTERM, as Ctrl-C does; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signals.End(Child.Id);
        return await Child.ExitAsync(EndLimit);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Child.DisposeAsync();
        foreach (var (id, _) in ProcessTable.UsersOf(DataDirectory))
        {
            Signals.Destroy(id);
        }

        if (_ownsDirectory)
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }

    private static List<string> Arguments(BatonOptions options, string directory)
    {
        List<string> arguments =
        [
            "up", "--json", "--nodes", $"{options.Nodes}", "--engine", options.Engine, "--shards", $"{options.Shards}",
            "--port", "0", "--rest-port", "0", "--data", directory, "--persist", options.Persistence, "--name", options.Name,
            "--user", $"{User}:{Password}",
        ];
        if (options.Replication)
        {
            arguments.Add("--replication");
        }

        if (options.EnginePath is { } path)
        {
            arguments.AddRange(["--engine-path", path]);
        }

        return arguments;
    }

    private async Task PrepareAsync()
    {
        await Eventually.TrueAsync(
            async () => await Api.StatusAsync(Database) is not "pending",
            StartLimit,
            "active database",
            () => Child.Tail);
        if (Options.Notifications)
        {
            await Api.SetNotificationsAsync(true);
        }

        if (Options.DelayMs is { } delay && Options.GraceSeconds is { } grace)
        {
            await Api.SetWindowsAsync(delay, grace);
        }

        if (Options.HoldLimitMs is { } hold)
        {
            await Api.PutAsync("/v1/cluster/policy", new JsonObject { ["hold_limit_ms"] = hold });
        }
    }
}
