using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Baton.Cli.Bench.Processes;

/// <summary>A redis-server process of the benchmark's own, without persistence. Ends when disposed.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(50);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("baton-bench-redis-");
    private readonly ChildProcess _child;

    private RedisServer()
    {
        Address = FreeAddress();
        _child = new ChildProcess(
            "redis-server", "--port", Address.Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", _directory.FullName);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Its process.</summary>
    public int Id => _child.Id;

    /// <summary>Starts one and waits until it answers.</summary>
    /// <exception cref="BenchException">It does not.</exception>
    public static async Task<RedisServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = new RedisServer();
        try
        {
            await WaitForPongAsync(server._child, server.Address, cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits until a process answers PING at an address.</summary>
    /// <exception cref="BenchException">It ended, or does not answer in time.</exception>
    public static async Task WaitForPongAsync(ChildProcess child, IPEndPoint address, CancellationToken cancellationToken)
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

    /// <summary>An address of loopback whose port was free a moment ago.</summary>
    public static IPEndPoint FreeAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _child.DisposeAsync().ConfigureAwait(false);
        _directory.Delete(recursive: true);
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
}
