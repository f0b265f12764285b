using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Baton.Client.Tests.PubSub;

/// <summary>A redis-server of this test's own, in memory; ended with it.</summary>
internal sealed class LiveRedis : IAsyncDisposable
{
    private readonly Process _process;

    private LiveRedis(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public RedisEndpoint Endpoint => new("127.0.0.1", Port);

    public static async Task<LiveRedis> StartAsync(params string[] arguments)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        string[] all = ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath(), .. arguments];
        var process = Process.Start(new ProcessStartInfo("redis-server", all) { RedirectStandardOutput = true })!;
        process.BeginOutputReadLine();
        var redis = new LiveRedis(process, port);
        await Soon.TrueAsync(redis.Listens, "redis-server");
        return redis;
    }

    public Task<RedisClient> ConnectAsync(Func<RedisClientOptions, RedisClientOptions>? change = null)
    {
        var options = new RedisClientOptions { Endpoints = [Endpoint] };
        return RedisClient.ConnectAsync(change?.Invoke(options) ?? options);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private bool Listens()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
