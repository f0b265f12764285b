namespace Baton.Protocol.Resp;

/// <summary>
/// Finds where an engine's frames end (RESP2 and RESP3, attributes and pushes included), in bytes that arrive in any pieces. Unlike
/// <see cref="RequestScanner"/> it is fed each byte once and keeps no data, so that a huge reply can be forwarded while it arrives.
/// Not thread-safe; allocates nothing in steady state.
/// </summary>
public sealed class ReplyScanner
{
    /// <summary>Creates a scanner.</summary>
    public ReplyScanner(RespLimits? limits = null) => throw new NotImplementedException();

    /// <summary>
    /// Consumes bytes up to the end of the current frame. Complete: the frame ends after <paramref name="consumed"/> bytes and the next call
    /// starts a new one. NeedMore: all bytes belong to the frame (<paramref name="consumed"/> is their count). Invalid: see <see cref="Error"/>.
    /// A RESP3 attribute (<c>|</c>) counts as a part of the frame it precedes.
    /// </summary>
    public ScanStatus Scan(ReadOnlySpan<byte> data, out int consumed) => throw new NotImplementedException();

    /// <summary>First byte of the current or just completed frame's value: <c>+ - : $ * _ , # ! = ( % ~ &gt;</c>.</summary>
    public byte Kind => throw new NotImplementedException();

    /// <summary>True while a frame has begun and not ended.</summary>
    public bool InsideFrame => throw new NotImplementedException();

    /// <summary>After <see cref="ScanStatus.Invalid"/>: what was wrong.</summary>
    public string? Error => throw new NotImplementedException();
}
