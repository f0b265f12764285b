using System.Text;

namespace Baton.Server.Engines.Movers;

/// <summary>What is known of a key before its value is read.</summary>
/// <param name="Key">Its bytes.</param>
/// <param name="Type">As <c>TYPE</c> says; <c>none</c> when it is gone.</param>
/// <param name="ExpiresAt">Unix milliseconds, or null.</param>
internal sealed record CopiedKey(byte[] Key, string Type, long? ExpiresAt)
{
    private const int LongestName = 64;

    /// <summary>Bytes of a string, elements of a collection.</summary>
    public long Size { get; init; }

    /// <summary>The command that tells <see cref="Size"/>; null for types without one.</summary>
    public string? SizeCommand => Type switch
    {
        "string" => "STRLEN",
        "list" => "LLEN",
        "hash" => "HLEN",
        "set" => "SCARD",
        "zset" => "ZCARD",
        _ => null,
    };

    /// <summary>A guess of the bytes its value takes on the wire, so that no batch becomes huge.</summary>
    public long Weight => Type == "string" ? Size : Size * BytesPerElement;

    private static long BytesPerElement => 64;

    /// <summary>True when the value is to travel in pieces.</summary>
    public bool IsBig(MoverLimits limits) => Type == "string" ? Size > limits.BigValueBytes : Size > limits.ElementsPerPiece;

    /// <summary>A key for people: printable, not too long.</summary>
    public static string Name(ReadOnlySpan<byte> key)
    {
        StringBuilder text = new("'");
        foreach (byte b in key[..Math.Min(key.Length, LongestName)])
        {
            _ = b is >= 0x20 and < 0x7f ? text.Append((char)b) : text.Append($"\\x{b:x2}");
        }

        return text.Append(key.Length > LongestName ? "...'" : "'").ToString();
    }
}
