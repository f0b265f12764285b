using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Client.Tests.PubSub;

/// <summary>Real sockets; a test can let a frame arrive on all of them, as if the server had sent it between two of its own.</summary>
internal sealed class InjectingTransports : ITransportFactory
{
    private readonly ConcurrentQueue<Injecting> _all = new();

    /// <summary>Connections that are open, to a port.</summary>
    public int OpenTo(int port) => _all.Count(transport => !transport.IsClosed && ((IPEndPoint)transport.RemoteEndPoint!).Port == port);

    /// <summary>The frame arrives on connections to a port, with the next bytes.</summary>
    public void Inject(int port, string frame)
    {
        foreach (var transport in _all.Where(transport => ((IPEndPoint)transport.RemoteEndPoint!).Port == port))
        {
            transport.Injected.Enqueue(Encoding.Latin1.GetBytes(frame));
        }
    }

    /// <inheritdoc/>
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        SocketTransportFactory.Instance.ResolveAsync(host, cancellationToken);

    /// <inheritdoc/>
    public async Task<ITransport> ConnectAsync(EndPoint endpoint, RedisTlsOptions? tls, string serverName, CancellationToken cancellationToken)
    {
        var transport = new Injecting(await SocketTransportFactory.Instance.ConnectAsync(endpoint, tls, serverName, cancellationToken));
        _all.Enqueue(transport);
        return transport;
    }

    private sealed class Injecting(ITransport inner) : ITransport
    {
        private readonly ReplyScanner _scanner = new(RespLimits.Default);
        private readonly byte[] _buffer = new byte[8192];
        private byte[] _ready = [];

        public EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

        public ConcurrentQueue<byte[]> Injected { get; } = new();

        public bool IsClosed { get; private set; }

        public async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
        {
            if (_ready.Length == 0)
            {
                var count = await inner.ReceiveAsync(_buffer);
                _ready = WithInjected(_buffer.AsSpan(0, count));
            }

            var taken = Math.Min(buffer.Length, _ready.Length);
            _ready.AsSpan(0, taken).CopyTo(buffer.Span);
            _ready = _ready[taken..];
            return taken;
        }

        public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => inner.SendAsync(bytes);

        public void Abort()
        {
            IsClosed = true;
            inner.Abort();
        }

        private byte[] WithInjected(ReadOnlySpan<byte> bytes)
        {
            var boundary = -1;
            for (var position = 0; position < bytes.Length;)
            {
                var status = _scanner.Scan(bytes[position..], out var consumed);
                position += consumed;
                boundary = status == ScanStatus.Complete ? position : boundary;
            }

            return boundary >= 0 && Injected.TryDequeue(out var frame) ? [.. bytes[..boundary], .. frame, .. bytes[boundary..]] : bytes.ToArray();
        }
    }
}
