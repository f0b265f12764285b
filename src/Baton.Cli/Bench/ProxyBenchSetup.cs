using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Baton.Cli.Api;
using Baton.Server.Hosting;

namespace Baton.Cli.Bench;

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
            var direct = await setup.StartRedisAsync(cancellationToken).ConfigureAwait(false);
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

        _directory.Delete(recursive: true);
    }

    private async Task<BenchTarget> StartRedisAsync(CancellationToken cancellationToken)
    {
        var address = FreeAddress();
        var child = new ChildProcess(
            "redis-server", "--port", Text(address.Port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _directory.FullName);
        _children.Push(child);
        await WaitForPongAsync(child, address, cancellationToken).ConfigureAwait(false);
        return new BenchTarget("direct", address, null, child.Id);
    }

    private async Task<BenchTarget> StartHaproxyAsync(BenchTarget behind, CancellationToken cancellationToken)
    {
        var address = FreeAddress();
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
        var child = new ChildProcess("haproxy", "-db", "-f", file);
        _children.Push(child);
        await WaitForPongAsync(child, address, cancellationToken).ConfigureAwait(false);
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
        var (program, arguments) = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "baton"
            ? (Environment.ProcessPath!, up)
            : ("dotnet", [typeof(ProxyBenchSetup).Assembly.Location, .. up]);
        var child = new ChildProcess(program, arguments);
        _children.Push(child);
        var ready = JsonNode.Parse(await child.FirstLineAsync(StartLimit, cancellationToken).ConfigureAwait(false))!;
        var address = IPEndPoint.Parse((string)ready["databases"]![0]!["endpoints"]![0]!);
        await WaitForPongAsync(child, address, cancellationToken).ConfigureAwait(false);
        var access = AccessFile.TryRead(data) ?? throw new BenchException($"{data} holds no access file");
        _api = new BatonApi(new ApiAddress(access.Url, access.User, access.Secret, access.Certificate, Insecure: false));
        return new BenchTarget("baton", address, child.Id, ProcessCpu.FindDescendant(child.Id, "redis-server"));
    }

    private static async Task WaitForPongAsync(ChildProcess child, IPEndPoint address, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(StartLimit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            while (!await AnswersAsync(address, both.Token).ConfigureAwait(false))
            {
                child.ThrowIfEnded();
                await Task.Delay(Retry, TimeProvider.System, both.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BenchException($"{child.Name} does not answer PING at {address} within {StartLimit.TotalSeconds} s");
        }
    }

    private static async Task<bool> AnswersAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            await socket.SendAsync("PING\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            var reply = new byte[64];
            var count = await socket.ReceiveAsync(reply, cancellationToken).ConfigureAwait(false);
            return reply.AsSpan(0, count).StartsWith("+PONG"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static IPEndPoint FreeAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
