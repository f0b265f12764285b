using System.Net;
using System.Text.Json.Nodes;
using Baton.Cli.Api;
using Baton.Cli.Bench.Processes;
using Baton.Server.Hosting;

namespace Baton.Cli.Bench.Hold;

/// <summary>A cluster of two nodes and one shard, in a process of its own; ends when disposed.</summary>
internal sealed class HoldCluster : IAsyncDisposable
{
    private const string Shard = "1";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("baton-bench-hold-");
    private readonly ChildProcess _process;
    private BatonApi? _api;

    private HoldCluster(string engine)
    {
        Engine = engine;
        var (program, arguments) = BenchTools.Own(
            "up", "--engine", engine, "--nodes", "2", "--shards", "1", "--persist", "none", "--port", "0", "--rest-port", "0", "--delay-ms", "0",
            "--data", _directory.FullName, "--json");
        _process = new ChildProcess(program, arguments);
    }

    /// <summary><c>redis</c> or <c>garnet</c>.</summary>
    public string Engine { get; }

    /// <summary>The database.</summary>
    public IPEndPoint Address { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>Starts one; the first move waits for the rehearsal by itself.</summary>
    /// <exception cref="BenchException">It did not come up.</exception>
    public static async Task<HoldCluster> StartAsync(string engine, CancellationToken cancellationToken)
    {
        var cluster = new HoldCluster(engine);
        try
        {
            var ready = JsonNode.Parse(await cluster._process.NextLineAsync(StartLimit, cancellationToken).ConfigureAwait(false))!;
            cluster.Address = IPEndPoint.Parse((string)ready["databases"]![0]!["endpoints"]![0]!);
            var access = AccessFile.TryRead(cluster._directory.FullName)
                ?? throw new BenchException($"{cluster._directory.FullName} holds no access file");
            cluster._api = new BatonApi(new ApiAddress(access.Url, access.User, access.Secret, access.Certificate, Insecure: false));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Moves the shard to the other node.</summary>
    /// <returns>How long it was held, and how long the whole took, in milliseconds.</returns>
    /// <exception cref="BenchException">The move failed.</exception>
    public async Task<(double Hold, double Whole)> MoveAsync(CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            var shard = (await _api!.GetAsync($"/v1/shards/{Shard}", cancellationToken).ConfigureAwait(false))!;
            var target = $"{shard["node_uid"]}" == "1" ? 2 : 1;
            var accepted = await _api.PostAsync(
                "/v1/shards/actions/migrate", new JsonObject { ["shard_uids"] = new JsonArray(Shard), ["target_node_uid"] = target }, cancellationToken)
                .ConfigureAwait(false);
            var action = await _api.WaitForActionAsync((string)accepted["action_uid"]!, static _ => { }, cancellationToken).ConfigureAwait(false);
            return (string?)action["status"] == "completed"
                ? ((double)action["hold_ms"]![Shard]!, TimeProvider.System.GetElapsedTime(began).TotalMilliseconds)
                : throw new BenchException($"{Engine}: the move failed: {action["error"]}");
        }
        catch (ApiException e)
        {
            throw new BenchException($"{Engine}: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        await _process.DisposeAsync().ConfigureAwait(false);
        _directory.Delete(recursive: true);
    }
}
