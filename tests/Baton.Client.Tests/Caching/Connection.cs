using System.Net;
using Baton.Protocol.Resp;

namespace Baton.Client.Tests.Caching;

/// <summary>A connection that is only an identity.</summary>
internal static class Connection
{
    public static RedisConnection Any => new(1, new Nowhere(), new Nobody(), new CoarseClock(TimeProvider.System), RespLimits.Default)
    {
        Endpoint = new RedisEndpoint("nowhere", 1),
        Session = SessionState.From(new RedisClientOptions()),
    };

    private sealed class Nowhere : ITransport
    {
        public EndPoint? RemoteEndPoint => null;

        public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => new(0);

        public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => default;

        public void Abort()
        {
        }
    }

    private sealed class Nobody : IConnectionOwner
    {
        public void OnPush(RedisConnection connection, ReadOnlySpan<byte> frame)
        {
        }

        public void OnClosed(RedisConnection connection, CloseReason reason, Exception? cause)
        {
        }
    }
}
