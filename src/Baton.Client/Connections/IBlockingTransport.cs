namespace Baton.Client;

/// <summary>A transport whose reader waits in the receive itself, on a thread of its own.</summary>
internal interface IBlockingTransport : ITransport
{
    /// <summary>Waits for bytes, on the calling thread. 0 at the end, also at the end by <see cref="ITransport.Abort"/>.</summary>
    int Receive(Memory<byte> buffer);
}
