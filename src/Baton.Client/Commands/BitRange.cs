namespace Baton.Client;

/// <summary>Part of a string value; both ends included, negative ones count from the end. The default: all of it.</summary>
public readonly record struct BitRange
{
    private readonly long _start;
    private readonly long _end;
    private readonly Unit _unit;

    private BitRange(long start, long end, Unit unit) => (_start, _end, _unit) = (start, end, unit);

    private enum Unit : byte
    {
        None,
        Byte,
        Bit,
    }

    /// <summary>From byte to byte.</summary>
    public static BitRange Bytes(long start, long end) => new(start, end, Unit.Byte);

    /// <summary>From bit to bit (Redis 7).</summary>
    public static BitRange Bits(long start, long end) => new(start, end, Unit.Bit);

    internal void WriteTo(ref CommandWriter command)
    {
        if (_unit == Unit.None)
        {
            return;
        }

        command.AddInteger(_start);
        command.AddInteger(_end);
        command.AddIf(_unit == Unit.Bit, "BIT"u8);
    }
}
