using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// The cursor a client is given for SCAN and its kin. An engine's cursor is a place in one process' hash table (or log), and means nothing to another
/// process; so the client's says whose it is:
/// <code>
/// bits   0-31  the engine's cursor
///       32-40  place of the shard (SCAN)
///       41-50  the instance: 1 to 1023, from its id; 0 = not one of the proxy's
///       51-52  how often it began again
///       53-63  the engine's cursor, what does not fit below: a number above 2^53 is rounded by clients that keep it as a double
/// </code>
/// All of it is in the number, so that any proxy can go on with it, also after a start. 0 begins and ends, as with a server.
/// </summary>
/// <param name="Engine">The engine's own.</param>
/// <param name="Place">Place of the shard.</param>
/// <param name="Instance">See <see cref="InstanceOf"/>.</param>
/// <param name="Restarts">How often it began again at a new instance, up to <see cref="MaxRestarts"/>.</param>
internal readonly record struct ScanCursor(ulong Engine, int Place, int Instance, int Restarts)
{
    /// <summary>Counted no further.</summary>
    public const int MaxRestarts = 3;

    private const int LowBits = 32;
    private const int PlaceBits = 9;
    private const int InstanceBits = 10;
    private const int RestartBits = 2;
    private const int HighShift = LowBits + PlaceBits + InstanceBits + RestartBits;
    private const int Instances = (1 << InstanceBits) - 1;

    /// <summary>What stands for an instance.</summary>
    public static int InstanceOf(long instanceId) => 1 + (int)(instanceId % Instances);

    /// <summary>
    /// Reads what a client sent, as a server does: digits, perhaps with a sign. False: no number, or too large; the server says so. A number that is no
    /// cursor of a proxy has no instance.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ScanCursor cursor)
    {
        cursor = default;
        bool isSigned = text.Length > 1 && text[0] is (byte)'-' or (byte)'+';
        if (!ulong.TryParse(isSigned ? text[1..] : text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
        {
            return false;
        }

        cursor = isSigned && text[0] == '-' ? new ScanCursor(value, 0, 0, 0) : new ScanCursor(
            (value & ((1UL << LowBits) - 1)) | (value >> HighShift << LowBits),
            Field(value, LowBits, PlaceBits),
            Field(value, LowBits + PlaceBits, InstanceBits),
            Field(value, LowBits + PlaceBits + InstanceBits, RestartBits));
        return true;
    }

    /// <summary>The number.</summary>
    /// <exception cref="RespFormatException">The engine's cursor is too large.</exception>
    public byte[] ToBytes()
    {
        if (Engine >> LowBits >> (64 - HighShift) != 0)
        {
            throw new RespFormatException("the engine's cursor is too large to say whose it is");
        }

        ulong value = (Engine & ((1UL << LowBits) - 1)) | ((ulong)Place << LowBits) | ((ulong)Instance << (LowBits + PlaceBits))
            | ((ulong)Restarts << (LowBits + PlaceBits + InstanceBits)) | (Engine >> LowBits << HighShift);
        return Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));
    }

    private static int Field(ulong value, int shift, int bits) => (int)((value >> shift) & ((1UL << bits) - 1));
}
