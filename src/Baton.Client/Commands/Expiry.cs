namespace Baton.Client;

/// <summary>
/// When a value ends, for the commands that write or read a value and set its end at once (SET, GETEX, HSETEX, HGETEX). A
/// <see cref="TimeSpan"/> and a <see cref="DateTimeOffset"/> convert implicitly. Whole milliseconds.
/// </summary>
public readonly record struct Expiry
{
    private readonly Kind _kind;
    private readonly long _milliseconds;

    private Expiry(Kind kind, long milliseconds = 0) => (_kind, _milliseconds) = (kind, milliseconds);

    private enum Kind : byte
    {
        Unsaid,
        After,
        At,
        Keep,
        Never,
    }

    /// <summary>The end stays as it is: KEEPTTL when a value is written; nothing is said when one is read.</summary>
    public static Expiry Keep => new(Kind.Keep);

    /// <summary>No end: nothing is said when a value is written (that removes the end); PERSIST when one is read.</summary>
    public static Expiry Never => new(Kind.Never);

    /// <summary>After so long (EX, PX).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than a millisecond.</exception>
    public static Expiry After(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.FromMilliseconds(1));
        return new Expiry(Kind.After, (long)time.TotalMilliseconds);
    }

    /// <summary>At that time of the server's clock (EXAT, PXAT).</summary>
    public static Expiry At(DateTimeOffset time) => new(Kind.At, time.ToUnixTimeMilliseconds());

    /// <summary>After so long.</summary>
    public static implicit operator Expiry(TimeSpan time) => After(time);

    /// <summary>At that time.</summary>
    public static implicit operator Expiry(DateTimeOffset time) => At(time);

    /// <summary>For a command that writes a value.</summary>
    internal void WriteTo(ref CommandWriter command)
    {
        command.AddIf(_kind == Kind.Keep, "KEEPTTL"u8);
        WriteTimeTo(ref command);
    }

    /// <summary>For a command that reads a value.</summary>
    internal void WriteForReadTo(ref CommandWriter command)
    {
        command.AddIf(_kind == Kind.Never, "PERSIST"u8);
        WriteTimeTo(ref command);
    }

    private void WriteTimeTo(ref CommandWriter command)
    {
        if (_kind is not (Kind.After or Kind.At))
        {
            return;
        }

        var isWhole = _milliseconds % 1000 == 0;
        command.AddBytes((_kind, isWhole) switch
        {
            (Kind.After, true) => "EX"u8,
            (Kind.After, false) => "PX"u8,
            (_, true) => "EXAT"u8,
            _ => "PXAT"u8,
        });
        command.AddInteger(isWhole ? _milliseconds / 1000 : _milliseconds);
    }
}
