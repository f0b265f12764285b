namespace Baton.Protocol.Cluster;

/// <summary>Key to hash slot, as Redis Cluster does: CRC16 of the hash tag, modulo 16384.</summary>
public static class HashSlot
{
    /// <summary>16384.</summary>
    public const int Count = 16384;

    /// <summary>The slot of a key: of what stands between the first <c>{</c> and the next <c>}</c> when that is not empty, else of the whole key.</summary>
    public static int Of(ReadOnlySpan<byte> key) => throw new NotImplementedException();
}
