namespace Baton.Server.Proxy;

/// <summary>How much of something long is done in one turn of a loop: a millisecond's worth, whatever the client has asked for.</summary>
internal static class TurnSlice
{
    /// <summary>Units of work: elements, and what is copied for them.</summary>
    public const int Work = 4096;

    /// <summary>Bytes that are copied in the time an element takes otherwise.</summary>
    private const int BytesPerUnit = 256;

    /// <summary>The work of one element with so many bytes.</summary>
    public static int WorkOf(long bytes) => 1 + (int)Math.Min(bytes / BytesPerUnit, Work);
}
