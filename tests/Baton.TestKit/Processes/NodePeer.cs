using System.Text.Json.Nodes;
using Baton.TestKit.Load;

namespace Baton.TestKit.Processes;

/// <summary>
/// A program of <c>tests/peers</c>: started with a configuration, ready when its clients work, told to stop, then gives its verdicts.
/// </summary>
public sealed class NodePeer : IPeer
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private readonly ChildProcess _child;

    private NodePeer(ChildProcess child) => _child = child;

    /// <summary>Why the programs cannot run here, or null: node or the npm packages are absent.</summary>
    public static string? Missing { get; } = FindMissing();

    /// <summary>Starts a program and waits until its clients are connected.</summary>
    public static async Task<NodePeer> StartAsync(string program, JsonObject configuration)
    {
        var peer = new NodePeer(Run(program, configuration));
        try
        {
            await peer._child.LineAsync(
                line => line.Contains("\"ready\"", StringComparison.Ordinal), StartLimit, $"ready line of {program}");
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a program of <c>tests/peers</c> that has a dialogue of its own.</summary>
    public static ChildProcess Run(string program, JsonObject configuration)
    {
        var environment = new Dictionary<string, string>
        {
            ["BATON_PEER"] = configuration.ToJsonString(),
            ["REDIS_EMIT_DIAGNOSTICS"] = "1",
        };
        return new ChildProcess("node", [program], environment, Folder());
    }

    /// <summary>Asks it to finish; returns one verdict per client.</summary>
    public async Task<IReadOnlyList<PeerVerdict>> StopAsync()
    {
        await _child.Input.WriteLineAsync("stop");
        await _child.Input.FlushAsync();
        var line = await _child.LineAsync(text => text.Contains("\"verdicts\"", StringComparison.Ordinal), StopLimit, "verdicts");
        return [.. JsonNode.Parse(line)!["verdicts"]!.AsArray().Select(verdict => PeerVerdict.From(verdict!))];
    }

    /// <summary>What it wrote last, for failures.</summary>
    public string Tail => _child.Tail;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _child.DisposeAsync();

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Baton.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(
            (folder ?? throw new InvalidOperationException("Baton.slnx is above no test folder")).FullName, "tests", "peers");
    }

    private static string? FindMissing()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!path.Any(folder => File.Exists(Path.Combine(folder, "node"))))
        {
            return "node is not installed (Debian: apt-get install nodejs npm)";
        }

        return Directory.Exists(Path.Combine(Folder(), "node_modules")) ? null : "npm packages are missing: run `npm ci` in tests/peers";
    }
}
