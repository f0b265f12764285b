using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Baton.Cli.Demo.Raw;

namespace Baton.Integration.Tests.Demo.Raw;

/// <summary>
/// A listener that answers what a raw client sends: a counter shared by all endpoints for INCR, <c>+OK</c> for the rest. Tests push
/// notifications through it and cut its connections.
/// </summary>
internal sealed class ScriptedEndpoint : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<Socket> _clients = new();
    private readonly Counter _counter;
    private readonly Task _accepting;

    public ScriptedEndpoint(Counter counter)
    {
        _counter = counter;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Commands after the handshake, as they came.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    public int Accepted => _clients.Count;

    public void Push(string frame)
    {
        foreach (var client in _clients)
        {
            client.Send(Encoding.UTF8.GetBytes(frame));
        }
    }

    public void PushMoving(int sequence, int seconds, IPEndPoint? target) => Push(
        $">4\r\n$6\r\nMOVING\r\n:{sequence}\r\n:{seconds}\r\n"
        + (target is null ? "_\r\n" : $"${target.ToString().Length}\r\n{target}\r\n"));

    public void CloseClients()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        CloseClients();
        await _accepting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                _clients.Enqueue(client);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            var filled = 0;
            int count;
            while ((count = await client.ReceiveAsync(buffer.AsMemory(filled))) > 0)
            {
                filled += count;
                while (RawReply.TryRead(buffer.AsSpan(0, filled), out var command, out var length))
                {
                    buffer.AsSpan(length, filled - length).CopyTo(buffer);
                    filled -= length;
                    await client.SendAsync(Encoding.UTF8.GetBytes(Answer(command!)));
                    if (filled == 0)
                    {
                        break;
                    }
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut by the test or by the client.
        }
    }

    private string Answer(RawReply command)
    {
        var name = command.Items![0].Text!;
        if (name is not ("HELLO" or "CLIENT"))
        {
            Commands.Enqueue(name);
        }

        return name == "INCR" ? $":{_counter.Next()}\r\n" : "+OK\r\n";
    }

    /// <summary>What all endpoints of a test share, as all proxies share a database.</summary>
    internal sealed class Counter
    {
        private long _value;

        public long Next() => Interlocked.Increment(ref _value);
    }
}
