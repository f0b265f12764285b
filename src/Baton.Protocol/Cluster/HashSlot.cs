namespace Baton.Protocol.Cluster;

/// <summary>Key to hash slot, as Redis Cluster does: CRC16 of the hash tag, modulo 16384.</summary>
public static class HashSlot
{
    /// <summary>16384.</summary>
    public const int Count = 16384;

    /// <summary>x^16 + x^12 + x^5 + 1, the polynomial of CRC16/XMODEM.</summary>
    private const ushort Polynomial = 0x1021;

    private static readonly ushort[] Table = MakeTable();

    /// <summary>
    /// The slot of a key: of what stands between the first <c>{</c> and the next <c>}</c> when that is not empty, else of the whole
    /// key.
    /// </summary>
    public static int Of(ReadOnlySpan<byte> key)
    {
        ushort crc = 0;
        var table = Table;
        foreach (var value in Tag(key))
        {
            crc = (ushort)((crc << 8) ^ table[(byte)((crc >> 8) ^ value)]);
        }

        return crc % Count;
    }

    private static ReadOnlySpan<byte> Tag(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');
        if (open < 0)
        {
            return key;
        }

        var tag = key[(open + 1)..];
        var length = tag.IndexOf((byte)'}');
        return length > 0 ? tag[..length] : key;
    }

    private static ushort[] MakeTable()
    {
        var table = new ushort[256];
        for (var index = 0; index < table.Length; index++)
        {
            var crc = (ushort)(index << 8);
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (ushort)((crc & 0x8000) != 0 ? (crc << 1) ^ Polynomial : crc << 1);
            }

            table[index] = crc;
        }

        return table;
    }
}
