namespace Baton.Protocol.Resp;

/// <summary>What a scanner found at the start of the bytes it was given.</summary>
public enum ScanStatus
{
    /// <summary>A whole frame.</summary>
    Complete,

    /// <summary>The beginning of a frame; give the same bytes and more.</summary>
    NeedMore,

    /// <summary>Bytes that can never become a frame, or a frame over a limit. The error text says which.</summary>
    Invalid,
}
