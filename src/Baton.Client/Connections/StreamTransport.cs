using System.Net;

namespace Baton.Client;

/// <summary>Bytes over a stream: TLS, or a tunnel.</summary>
internal sealed class StreamTransport(Stream stream, EndPoint? remote) : ITransport
{
    /// <inheritdoc/>
    public EndPoint? RemoteEndPoint { get; } = remote;

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => stream.ReadAsync(buffer);

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => stream.WriteAsync(bytes);

    /// <inheritdoc/>
    public void Abort() => stream.Dispose();
}
