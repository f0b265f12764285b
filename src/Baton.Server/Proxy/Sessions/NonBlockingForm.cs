using System.Buffers;
using System.Globalization;
using Baton.Protocol.Resp;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// What a blocking command does when there is data, as one command that does not block, and its reply in the blocking command's shape.
/// <code>
/// BLPOP k.. t          LMPOP n k.. LEFT         [k, [e]]        -> [k, e]
/// BRPOP k.. t          LMPOP n k.. RIGHT        [k, [e]]        -> [k, e]
/// BLMPOP t n k.. ..    LMPOP n k.. ..           as it is
/// BLMOVE s d x y t     LMOVE s d x y            as it is
/// BRPOPLPUSH s d t     LMOVE s d RIGHT LEFT     as it is
/// BZPOPMIN k.. t       ZMPOP n k.. MIN          [k, [[m, s]]]   -> [k, m, s]
/// BZPOPMAX k.. t       ZMPOP n k.. MAX          [k, [[m, s]]]   -> [k, m, s]
/// BZMPOP t n k.. ..    ZMPOP n k.. ..           as it is
/// </code>
/// </summary>
internal sealed class NonBlockingForm
{
    private readonly string _name;

    private NonBlockingForm(string name, IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> keys, byte[]? destination = null)
    {
        _name = name;
        Keys = keys;
        Destination = destination;
        ArrayBufferWriter<byte> command = new();
        RespWriter.WriteArrayHeader(command, arguments.Count);
        foreach (byte[] argument in arguments)
        {
            RespWriter.WriteBulk(command, argument);
        }

        Command = command.WrittenSpan.ToArray();
    }

    /// <summary>The bytes to send.</summary>
    public byte[] Command { get; }

    /// <summary>The keys whose writing may bring data.</summary>
    public IReadOnlyList<byte[]> Keys { get; }

    /// <summary>The key it moves an element to, or null.</summary>
    public byte[]? Destination { get; }

    /// <summary>The form of a blocking command, or null when it has none or is malformed (the engine then says what is wrong).</summary>
    public static NonBlockingForm? Of(string name, IList<byte[]> arguments)
    {
        List<byte[]> all = [.. arguments];
        return name switch
        {
            "BLPOP" => Pop(name, "LMPOP", "LEFT", all),
            "BRPOP" => Pop(name, "LMPOP", "RIGHT", all),
            "BZPOPMIN" => Pop(name, "ZMPOP", "MIN", all),
            "BZPOPMAX" => Pop(name, "ZMPOP", "MAX", all),
            "BLMPOP" => Multi(name, "LMPOP", all),
            "BZMPOP" => Multi(name, "ZMPOP", all),
            "BLMOVE" when all.Count == 6 => new NonBlockingForm(name, [Word("LMOVE"), .. all[1..5]], [all[1]], all[2]),
            "BRPOPLPUSH" when all.Count == 4 => new NonBlockingForm(name, [Word("LMOVE"), .. all[1..3], Word("RIGHT"), Word("LEFT")], [all[1]], all[2]),
            _ => null,
        };
    }

    /// <summary>A null of any kind: there is no data.</summary>
    public static bool IsNothing(ReadOnlySpan<byte> reply) =>
        reply.StartsWith("_"u8) || reply.StartsWith("$-1"u8) || reply.StartsWith("*-1"u8) || reply.StartsWith("*0\r"u8);

    /// <summary>What every blocking command answers when its time is over, also one whose data is no array.</summary>
    public static byte[] NothingReply(int protocol)
    {
        ArrayBufferWriter<byte> reply = new();
        RespWriter.WriteNullArray(reply, protocol);
        return reply.WrittenSpan.ToArray();
    }

    /// <summary>A reply with data, in the blocking command's shape. Errors pass as they are.</summary>
    public byte[] Convert(ReadOnlySpan<byte> reply)
    {
        bool list = _name is "BLPOP" or "BRPOP";
        bool sorted = _name is "BZPOPMIN" or "BZPOPMAX";
        if ((!list && !sorted) || reply[0] != (byte)'*')
        {
            return reply.ToArray();
        }

        // *2 | $key | *1 | $element        or        *2 | $key | *1 | *2 | $member | score
        RespReader reader = new(reply);
        reader.Read();
        int keyStart = reader.Position;
        reader.Read();
        int keyEnd = reader.Position;
        reader.Read();
        if (sorted)
        {
            reader.Read();
        }

        ArrayBufferWriter<byte> converted = new();
        RespWriter.WriteArrayHeader(converted, sorted ? 3 : 2);
        converted.Write(reply[keyStart..keyEnd]);
        converted.Write(reply[reader.Position..]);
        return converted.WrittenSpan.ToArray();
    }

    private static NonBlockingForm? Pop(string name, string verb, string side, List<byte[]> all)
    {
        if (all.Count < 3)
        {
            return null;
        }

        List<byte[]> keys = all[1..^1];
        return new NonBlockingForm(name, [Word(verb), Word(keys.Count.ToString(CultureInfo.InvariantCulture)), .. keys, Word(side)], keys);
    }

    private static NonBlockingForm? Multi(string name, string verb, List<byte[]> all)
    {
        if (all.Count < 5 || !int.TryParse(all[2], CultureInfo.InvariantCulture, out int count) || count < 1 || count > all.Count - 4)
        {
            return null;
        }

        return new NonBlockingForm(name, [Word(verb), .. all[2..]], all[3..(3 + count)]);
    }

    private static byte[] Word(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
