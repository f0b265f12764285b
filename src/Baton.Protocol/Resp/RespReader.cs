namespace Baton.Protocol.Resp;

/// <summary>A forward cursor over complete frames, for code that looks inside (handshakes, pushes, INFO). Zero-copy.</summary>
public ref struct RespReader
{
    /// <summary>Reads from the start of <paramref name="data"/>, which must hold whole frames.</summary>
    public RespReader(ReadOnlySpan<byte> data) => throw new NotImplementedException();

    /// <summary>Moves to the next value (a scalar, or the header of an aggregate). False at the end. Attributes are skipped.</summary>
    /// <exception cref="RespFormatException">The bytes are not RESP.</exception>
    public bool Read() => throw new NotImplementedException();

    /// <summary>The type byte of the current value.</summary>
    public readonly byte Kind => throw new NotImplementedException();

    /// <summary>For aggregates: how many values follow (a map of 2 pairs: 4). -1 for a null aggregate.</summary>
    public readonly int Count => throw new NotImplementedException();

    /// <summary>For scalars: the bytes without prefix and terminator (verbatim strings without <c>txt:</c>).</summary>
    public readonly ReadOnlySpan<byte> Value => throw new NotImplementedException();

    /// <summary><c>_</c>, <c>$-1</c> or <c>*-1</c>.</summary>
    public readonly bool IsNull => throw new NotImplementedException();

    /// <summary><c>-</c> or <c>!</c>.</summary>
    public readonly bool IsError => throw new NotImplementedException();

    /// <summary>An integer from <c>:</c>, or decimal digits in a string.</summary>
    public readonly bool TryGetInt64(out long value) => throw new NotImplementedException();

    /// <summary>The value as UTF-8 text.</summary>
    public readonly string GetString() => throw new NotImplementedException();

    /// <summary>Offset of the first byte after the current value's own bytes (header only, for an aggregate).</summary>
    public readonly int Position => throw new NotImplementedException();

    /// <summary>Skips the current value with everything in it.</summary>
    public void SkipChildren() => throw new NotImplementedException();
}
