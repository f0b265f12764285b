using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Baton.Protocol.Resp;

/// <summary>
/// The short way through the commonest commands: whole, of at most nine arguments of at most 99 bytes. Each header is recognised by one
/// comparison. Whatever looks different is no error here; <see cref="RequestScanner"/> begins it anew and judges it.
/// </summary>
internal static class ShortCommand
{
    /// <summary>One digit.</summary>
    public const int MostArguments = 9;

    /// <summary>Two digits.</summary>
    public const int LongestArgument = 99;

    /// <summary><c>*9\r\n</c>, then nine times <c>$99\r\n</c>, bytes, <c>\r\n</c>.</summary>
    public const int LongestFrame = 4 + (MostArguments * (LongestArgument + 7));

    /// <summary>The shortest command: <c>*1\r\n$0\r\n\r\n</c>.</summary>
    private const int ShortestFrame = 10;

    private const uint StarAndLineEnd = 0x0A0D002A;
    private const uint DollarAndLineEnd = 0x0A0D0024;
    private const uint DollarAndReturn = 0x0D000024;
    private const ushort LineEnd = 0x0A0D;

    /// <summary>Finds <c>*d\r\n$d\r\n...</c> at the start of the bytes. False leaves the table empty.</summary>
    public static bool TryScan(ReadOnlySpan<byte> data, ArgumentTable arguments, out int frameLength)
    {
        frameLength = 0;
        if (data.Length < ShortestFrame)
        {
            return false;
        }

        var header = BinaryPrimitives.ReadUInt32LittleEndian(data);
        var count = ((header >> 8) & 0xFF) - '0';
        if ((header & 0xFFFF00FF) != StarAndLineEnd || count - 1 >= MostArguments)
        {
            return false;
        }

        var position = 4;
        var places = arguments.Places(MostArguments);
        for (var index = 0; index < (int)count; index++)
        {
            var length = ReadLength(data, ref position);
            var end = position + length;
            if (length < 0 || end + 2 > data.Length || BinaryPrimitives.ReadUInt16LittleEndian(data[end..]) != LineEnd)
            {
                return false;
            }

            places[index] = new ArgumentPlace(position, length);
            position = end + 2;
        }

        arguments.Count = (int)count;
        frameLength = position;
        return true;
    }

    /// <summary><c>$d\r\n</c> and <c>$dd\r\n</c>: the length, and the position moves behind it. -1 for any other shape.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadLength(ReadOnlySpan<byte> data, ref int position)
    {
        if (data.Length - position < 5)
        {
            return -1;
        }

        var word = BinaryPrimitives.ReadUInt32LittleEndian(data[position..]);
        var first = ((word >> 8) & 0xFF) - '0';
        if ((word & 0xFFFF00FF) == DollarAndLineEnd && first <= 9)
        {
            position += 4;
            return (int)first;
        }

        var second = ((word >> 16) & 0xFF) - '0';
        if ((word & 0xFF0000FF) == DollarAndReturn && first - 1 <= 8 && second <= 9 && data[position + 4] == '\n')
        {
            position += 5;
            return (int)((first * 10) + second);
        }

        return -1;
    }
}
