using System.Net;

namespace Baton.Client;

/// <summary>An ordered stream of bytes in both directions: a socket, TLS above one, or, in tests, memory.</summary>
internal interface ITransport
{
    /// <summary>The other side's address; null when it has none (unix sockets, tunnels).</summary>
    EndPoint? RemoteEndPoint { get; }

    /// <summary>Waits for bytes. 0 at the end.</summary>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends all of the bytes. One call at a time; the bytes must stay until it is done.</summary>
    /// <exception cref="NothingSentException">It has failed before the first byte left.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Ends both directions at once; waits end with an error. Any thread, any number of times.</summary>
    void Abort();
}
