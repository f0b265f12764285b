using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Protocol.Commands;

/// <summary>
/// The options of XREAD and XREADGROUP, read one after the other as the server reads them, so that a group, a consumer or a stream may be called as an
/// option is:
/// <code>
/// [GROUP group consumer] [COUNT n] [BLOCK ms] [CLAIM ms] [NOACK] STREAMS key [key ...] id [id ...]
/// </code>
/// </summary>
internal readonly struct StreamOptions
{
    private StreamOptions(int blockAt, int keysAt, bool isKnown) => (BlockAt, KeysAt, IsKnown) = (blockAt, keysAt, isKnown);

    /// <summary>Index of the milliseconds of the last BLOCK, which counts; 0 = none.</summary>
    public int BlockAt { get; }

    /// <summary>Index of the first argument behind STREAMS; 0 = there is none.</summary>
    public int KeysAt { get; }

    /// <summary>Every word before STREAMS is one this table knows. A newer server may know more.</summary>
    public bool IsKnown { get; }

    /// <summary>Reads them. A word that is not known is passed over alone.</summary>
    public static StreamOptions Read(RequestScanner request, ReadOnlySpan<byte> data)
    {
        int blockAt = 0;
        bool isKnown = true;
        for (int index = 1; index < request.ArgumentCount; index++)
        {
            ReadOnlySpan<byte> option = request.Argument(data, index);
            if (Is(option, "STREAMS"u8))
            {
                return new StreamOptions(blockAt, index + 1, isKnown);
            }

            if (Is(option, "BLOCK"u8))
            {
                blockAt = ++index < request.ArgumentCount ? index : blockAt;
            }
            else if (Is(option, "COUNT"u8) || Is(option, "CLAIM"u8))
            {
                index++;
            }
            else if (Is(option, "GROUP"u8))
            {
                index += 2;
            }
            else
            {
                isKnown &= Is(option, "NOACK"u8);
            }
        }

        return new StreamOptions(blockAt, 0, isKnown);
    }

    private static bool Is(ReadOnlySpan<byte> argument, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(argument, word);
}
