using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Baton.TestKit.Resp;

namespace Baton.TestKit.Processes;

/// <summary>A redis-server without anything in front of it, in memory only.</summary>
public sealed class PlainRedis : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);
    private readonly ChildProcess _child;

    private PlainRedis(ChildProcess child, int port)
    {
        _child = child;
        Port = port;
    }

    /// <summary>Where it listens on loopback.</summary>
    public int Port { get; }

    /// <summary>Starts one on a free port.</summary>
    public static async Task<PlainRedis> StartAsync()
    {
        var port = FreePort();
        string[] memoryOnly = ["--save", "", "--appendonly", "no"];
        string[] arguments = ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", .. memoryOnly];
        var server = new PlainRedis(new ChildProcess("redis-server", arguments), port);
        await Eventually.TrueAsync(server.AnswersAsync, StartLimit, "answer of redis-server", () => server._child.Tail);
        return server;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _child.DisposeAsync();

    private static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = await RawConnection.ConnectAsync("127.0.0.1", Port);
            return (await connection.CallAsync("PING")).Text == "PONG";
        }
        catch (SocketException)
        {
            return false; // not listening yet
        }
    }
}
