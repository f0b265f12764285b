using System.Net.Sockets;
using Baton.Protocol.Resp;
using Baton.Protocol.Tests.Live;
using Baton.Protocol.Tests.Resp;

[assembly: AssemblyFixture(typeof(RedisServer))]

namespace Baton.Protocol.Tests.Live;

/// <summary>A real redis-server on a Unix socket, started when first asked for: the reference our own answers are compared with.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    /// <summary>Start, and every reply, must come within this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Lazy<PlainRedis> _server = new(static () =>
        PlainRedis.StartOnSocketAsync("--enable-debug-command", "yes").GetAwaiter().GetResult());

    /// <summary>True when redis-server is on PATH.</summary>
    public static bool IsInstalled => PlainRedis.IsInstalled;

    /// <summary>Sends bytes on a connection of their own and returns the first reply, or "closed".</summary>
    public string Ask(byte[] request) => Ask(request, skip: 0);

    /// <summary>As <see cref="Ask(byte[])"/>, and returns the second reply.</summary>
    public string AskSecond(byte[] request) => Ask(request, skip: 1);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await _server.Value.DisposeAsync();
        }
    }

    private string Ask(byte[] request, int skip)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        socket.Connect(new UnixDomainSocketEndPoint(_server.Value.SocketPath!));
        socket.Send(request);

        var scanner = new ReplyScanner();
        var reply = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = socket.Receive(buffer);
            if (received == 0)
            {
                return "closed";
            }

            for (var start = 0; start < received;)
            {
                var status = scanner.Scan(buffer.AsSpan(start, received - start), out var consumed);
                Assert.NotEqual(ScanStatus.Invalid, status);
                reply.Write(buffer, start, consumed);
                start += consumed;
                if (status == ScanStatus.Complete && skip-- == 0)
                {
                    return Wire.Text(reply.ToArray());
                }

                if (status == ScanStatus.Complete)
                {
                    reply.SetLength(0);
                }
            }
        }
    }
}
