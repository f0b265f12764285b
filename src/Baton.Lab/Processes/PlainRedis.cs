using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Baton.Lab;

/// <summary>A redis-server without anything in front of it, in memory only, in a folder of its own. Ends when disposed.</summary>
public sealed class PlainRedis : IAsyncDisposable
{
    private const string Program = "redis-server";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("baton-redis-");
    private readonly ChildProcess _child;

    private PlainRedis(bool onSocket, string[] arguments)
    {
        SocketPath = onSocket ? Path.Combine(_folder.FullName, "redis.sock") : null;
        Address = onSocket ? new IPEndPoint(IPAddress.Loopback, 0) : LoopbackPort.Free();
        string[] place = SocketPath is { } path
            ? ["--unixsocket", path]
            : ["--bind", "127.0.0.1"];
        _child = new ChildProcess(
            Program,
            ["--port", Address.Port.ToString(CultureInfo.InvariantCulture), .. place, "--save", "", "--appendonly", "no", .. arguments],
            folder: _folder.FullName)
        {
            EndsWhenAsked = true,
        };
    }

    /// <summary>True when redis-server is on PATH.</summary>
    public static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Program)));

    /// <summary>Where it listens on loopback; port 0 when it listens on a socket of the file system.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port => Address.Port;

    /// <summary>Its socket in the file system, or null.</summary>
    public string? SocketPath { get; }

    /// <summary>Its process id.</summary>
    public int Id => _child.Id;

    /// <summary>Starts one on a free port and waits until it answers.</summary>
    /// <param name="arguments">Further arguments, <c>--name value</c>.</param>
    /// <exception cref="LabException">It did not start, or does not answer.</exception>
    public static Task<PlainRedis> StartAsync(params string[] arguments) => AnsweringAsync(new PlainRedis(onSocket: false, arguments));

    /// <summary>Starts one on a socket of the file system and waits until it answers.</summary>
    /// <param name="arguments">Further arguments, <c>--name value</c>.</param>
    /// <exception cref="LabException">It did not start, or does not answer.</exception>
    public static Task<PlainRedis> StartOnSocketAsync(params string[] arguments) => AnsweringAsync(new PlainRedis(onSocket: true, arguments));

    /// <summary>Waits until a process answers PING at an address.</summary>
    /// <exception cref="LabException">It ended, or does not answer in time.</exception>
    public static async Task WaitForPongAsync(ChildProcess child, EndPoint address, CancellationToken cancellationToken)
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
            throw new LabException($"{child.Name} does not answer PING at {address} within {StartLimit.TotalSeconds} s:\n{child.Tail}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _child.DisposeAsync().ConfigureAwait(false);
        _folder.Delete(recursive: true);
    }

    private static async Task<PlainRedis> AnsweringAsync(PlainRedis server)
    {
        try
        {
            EndPoint address = server.SocketPath is { } path ? new UnixDomainSocketEndPoint(path) : server.Address;
            await WaitForPongAsync(server._child, address, CancellationToken.None).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<bool> AnswersAsync(EndPoint address, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
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
