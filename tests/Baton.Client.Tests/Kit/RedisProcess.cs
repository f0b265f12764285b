using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Baton.Client.Tests.Kit;

/// <summary>A redis-server of its own on a free port of loopback, in memory only.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private readonly Process _process;

    private RedisProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static async Task<RedisProcess> StartAsync()
    {
        var port = FreePort();
        string[] arguments =
        [
            "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", Path.GetTempPath(), "--logfile", "/dev/null",
        ];
        var server = new RedisProcess(Process.Start(new ProcessStartInfo("redis-server", arguments))!, port);
        var begin = Stopwatch.GetTimestamp();
        while (!await server.AnswersAsync())
        {
            if (Stopwatch.GetElapsedTime(begin) > StartLimit || server._process.HasExited)
            {
                throw new TimeoutException("redis-server does not answer.");
            }

            await Task.Delay(10);
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(StartLimit);
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            await socket.SendAsync("PING\r\n"u8.ToArray());
            var reply = new byte[16];
            var count = await socket.ReceiveAsync(reply);
            return Encoding.Latin1.GetString(reply, 0, count) == "+PONG\r\n";
        }
        catch (SocketException)
        {
            return false; // not listening yet
        }
    }
}
