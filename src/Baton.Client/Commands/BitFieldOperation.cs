namespace Baton.Client;

/// <summary>One operation of BITFIELD. Types are <c>u1</c> to <c>u63</c> and <c>i1</c> to <c>i64</c>. Immutable.</summary>
public readonly record struct BitFieldOperation
{
    private readonly Kind _kind;
    private readonly string? _type;
    private readonly RedisValue _offset;
    private readonly long _number;

    private BitFieldOperation(Kind kind, string? type, RedisValue offset, long number) =>
        (_kind, _type, _offset, _number) = (kind, type, offset, number);

    private enum Kind : byte
    {
        Get,
        Set,
        IncrBy,
        Wrap,
        Saturate,
        Fail,
    }

    /// <summary>Operations after it begin anew on overflow: the default.</summary>
    public static BitFieldOperation OverflowWrap => new(Kind.Wrap, null, default, 0);

    /// <summary>Operations after it stay at the highest or lowest number on overflow.</summary>
    public static BitFieldOperation OverflowSaturate => new(Kind.Saturate, null, default, 0);

    /// <summary>Operations after it do nothing and reply null on overflow.</summary>
    public static BitFieldOperation OverflowFail => new(Kind.Fail, null, default, 0);

    /// <summary>Reads a number at a bit offset.</summary>
    public static BitFieldOperation Get(string type, long offset) => new(Kind.Get, type, offset, 0);

    /// <summary>Writes a number at a bit offset; replies the old one.</summary>
    public static BitFieldOperation Set(string type, long offset, long value) => new(Kind.Set, type, offset, value);

    /// <summary>Adds to a number at a bit offset; replies the new one.</summary>
    public static BitFieldOperation IncrBy(string type, long offset, long increment) => new(Kind.IncrBy, type, offset, increment);

    /// <summary>The same operation at the n-th field of its type: <c>#n</c>.</summary>
    public BitFieldOperation AtIndex(long index) => new(_kind, _type, $"#{(RedisValue)index}", _number);

    internal bool IsRead => _kind == Kind.Get;

    internal void WriteTo(ref CommandWriter command)
    {
        if (_kind is Kind.Wrap or Kind.Saturate or Kind.Fail)
        {
            command.AddBytes("OVERFLOW"u8);
            command.AddBytes(_kind == Kind.Wrap ? "WRAP"u8 : _kind == Kind.Saturate ? "SAT"u8 : "FAIL"u8);
            return;
        }

        command.AddBytes(_kind == Kind.Get ? "GET"u8 : _kind == Kind.Set ? "SET"u8 : "INCRBY"u8);
        command.AddText(_type);
        command.Add(_offset);
        if (!IsRead)
        {
            command.AddInteger(_number);
        }
    }
}
