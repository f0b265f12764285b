namespace Baton.Protocol.Resp;

/// <summary>
/// Finds the commands in a client's bytes: arrays of bulk strings (<c>*2\r\n$3\r\nGET\r\n$1\r\nk\r\n</c>) and inline commands
/// (<c>GET k\r\n</c>, with Redis' quoting). One pass, resumable: after <see cref="ScanStatus.NeedMore"/> call again with the same bytes and
/// more behind them, nothing is scanned twice. Not thread-safe; reusable after <see cref="Reset"/>; allocates nothing in steady state.
/// </summary>
public sealed class RequestScanner
{
    /// <summary>Creates a scanner.</summary>
    public RequestScanner(RespLimits? limits = null) => throw new NotImplementedException();

    /// <summary>
    /// Scans the frame that starts at <paramref name="data"/>[0]. After <see cref="ScanStatus.Complete"/> the properties describe it until the next call;
    /// the next call starts a new frame (pass the bytes after <see cref="FrameLength"/>).
    /// Empty frames (<c>*0</c>, <c>*-1</c>, a blank inline line) are Complete with <see cref="ArgumentCount"/> 0: skip them, as Redis does.
    /// </summary>
    public ScanStatus Scan(ReadOnlySpan<byte> data) => throw new NotImplementedException();

    /// <summary>Length in bytes of the frame found.</summary>
    public int FrameLength => throw new NotImplementedException();

    /// <summary>True for an inline command; its arguments are unquoted copies, and <see cref="FrameLength"/> bytes must not be forwarded as they are.</summary>
    public bool IsInline => throw new NotImplementedException();

    /// <summary>Arguments, the command's name included.</summary>
    public int ArgumentCount => throw new NotImplementedException();

    /// <summary>After <see cref="ScanStatus.NeedMore"/>: how many bytes the frame has at least (so a reader can size its buffer).</summary>
    public long MinimumLength => throw new NotImplementedException();

    /// <summary>After <see cref="ScanStatus.Invalid"/>: Redis' own words, e.g. <c>Protocol error: invalid bulk length</c>.</summary>
    public string? Error => throw new NotImplementedException();

    /// <summary>An argument's bytes; <paramref name="data"/> is what was given to the <see cref="Scan"/> that completed.</summary>
    public ReadOnlySpan<byte> Argument(ReadOnlySpan<byte> data, int index) => throw new NotImplementedException();

    /// <summary>Offset of an argument's first byte in the frame (not for inline commands).</summary>
    public int ArgumentOffset(int index) => throw new NotImplementedException();

    /// <summary>Forgets a half-scanned frame.</summary>
    public void Reset() => throw new NotImplementedException();
}
