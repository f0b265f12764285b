using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Baton.Cli.Api;
using Baton.Cli.Bench.Processes;
using Baton.Server.Hosting;

namespace Baton.Cli.Bench.Proxy;

/// <summary>
/// What is compared: a redis-server, haproxy (tcp, one thread) in front of the same one, and a Baton cluster of one node with a
/// redis-server of
/// its own, all without persistence, each its own process. Ends them when disposed.
/// </summary>
internal sealed class ProxyBenchSetup : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(50);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("baton-bench-");
    private readonly Stack<ChildProcess> _children = new();
    private PlainRedis? _engine;
    private BatonApi? _api;

    private ProxyBenchSetup()
    {
    }

    /// <summary>In the order they are named in the report.</summary>
    public IReadOnlyList<BenchTarget> Targets { get; private set; } = [];

    /// <summary>Starts everything and waits until it answers.</summary>
    /// <exception cref="BenchException">Something did not come up.</exception>
    public static async Task<ProxyBenchSetup> StartAsync(ProxyBenchOptions options, CancellationToken cancellationToken)
    {
        var setup = new ProxyBenchSetup();
        try
        {
            var engine = setup._engine = await PlainRedis.StartAsync().ConfigureAwait(false);
            var direct = new BenchTarget("direct", engine.Address, null, engine.Id);
            var haproxy = await setup.StartHaproxyAsync(direct, cancellationToken).ConfigureAwait(false);
            var baton = await setup.StartBatonAsync(options, cancellationToken).ConfigureAwait(false);
            setup.Targets = [direct, baton, haproxy];
            return setup;
        }
        catch
        {
            await setup.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Managed bytes Baton has allocated since it started.</summary>
    public async Task<long> AllocatedBytesAsync(CancellationToken cancellationToken)
    {
        var statistics = await _api!.GetAsync("/v1/statistics", cancellationToken).ConfigureAwait(false);
        return (long)statistics["allocated_bytes"]!;
    }

    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        while (_children.TryPop(out var child))
        {
            await child.DisposeAsync().ConfigureAwait(false);
        }

        if (_engine is not null)
        {
            await _engine.DisposeAsync().ConfigureAwait(false);
        }

        _directory.Delete(recursive: true);
    }

    private async Task<BenchTarget> StartHaproxyAsync(BenchTarget behind, CancellationToken cancellationToken)
    {
        var address = LoopbackPort.Free();
        var file = Path.Combine(_directory.FullName, "haproxy.cfg");
        await File.WriteAllTextAsync(file, $"""
            global
                nbthread 1
                maxconn 1000
            defaults
                mode tcp
                timeout connect 5s
                timeout client 1h
                timeout server 1h
            listen redis
                bind {address}
                server engine {behind.Address}

            """, cancellationToken).ConfigureAwait(false);
        var child = new ChildProcess("haproxy", ["-db", "-f", file]) { EndsWhenAsked = true };
        _children.Push(child);
        await PlainRedis.WaitForPongAsync(child, address, cancellationToken).ConfigureAwait(false);
        return new BenchTarget("haproxy", address, child.Id, behind.Engine);
    }

    private async Task<BenchTarget> StartBatonAsync(ProxyBenchOptions options, CancellationToken cancellationToken)
    {
        var data = Path.Combine(_directory.FullName, "baton");
        string[] up =
        [
            "up", "--engine", "redis", "--nodes", "1", "--shards", "1", "--persist", "none", "--port", "0", "--rest-port", "0",
            "--loops", Text(options.Loops), "--data", data, "--json",
        ];
        var (program, arguments) = BenchTools.Own(up);
        var child = new ChildProcess(program, arguments) { EndsWhenAsked = true };
        _children.Push(child);
        var ready = JsonNode.Parse(await child.NextLineAsync(StartLimit, cancellationToken).ConfigureAwait(false))!;
        var address = IPEndPoint.Parse((string)ready["databases"]![0]!["endpoints"]![0]!);
        await PlainRedis.WaitForPongAsync(child, address, cancellationToken).ConfigureAwait(false);
        var access = AccessFile.TryRead(data) ?? throw new BenchException($"{data} holds no access file");
        _api = new BatonApi(new ApiAddress(access.Url, access.User, access.Secret, access.Certificate, Insecure: false));
        return new BenchTarget("baton", address, child.Id, await FindEngineAsync(child, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// The shard's process. While Baton rehearses a switch there are others below it, which also cost what is to be measured: the end of that is
    /// waited for.
    /// </summary>
    private static async Task<int> FindEngineAsync(ChildProcess baton, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StartLimit, TimeProvider.System);
        while (true)
        {
            baton.ThrowIfEnded();
            if (ProcessCpu.FindDescendants(baton.Id, "redis-server") is [var engine])
            {
                return engine;
            }

            if (limit.IsCancellationRequested)
            {
                throw new BenchException($"process {baton.Id} has not exactly one redis-server below it after {StartLimit.TotalSeconds:0} s");
            }

            await Task.Delay(Retry, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
