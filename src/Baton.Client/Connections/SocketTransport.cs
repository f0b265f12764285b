using System.Net;
using System.Net.Sockets;

namespace Baton.Client;

/// <summary>Bytes over a socket.</summary>
internal sealed class SocketTransport(Socket socket) : ITransport
{
    /// <inheritdoc/>
    public EndPoint? RemoteEndPoint { get; } = NormalizedRemote(socket);

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => socket.ReceiveAsync(buffer, SocketFlags.None);

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sending = socket.SendAsync(bytes, SocketFlags.None);
        if (!sending.IsCompletedSuccessfully)
        {
            return SendRestAsync(sending, bytes);
        }

        var sent = sending.GetAwaiter().GetResult();
        return sent == bytes.Length ? default : SendRestAsync(new ValueTask<int>(sent), bytes);
    }

    /// <inheritdoc/>
    public void Abort() => socket.Dispose();

    internal static EndPoint? NormalizedRemote(Socket socket) =>
        socket.RemoteEndPoint is IPEndPoint remote ? new IPEndPoint(RedisEndpoint.Normalize(remote.Address), remote.Port) : null;

    private async ValueTask SendRestAsync(ValueTask<int> sending, ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            bytes = bytes[await sending.ConfigureAwait(false)..];
            if (bytes.IsEmpty)
            {
                return;
            }

            sending = socket.SendAsync(bytes, SocketFlags.None);
        }
    }
}
