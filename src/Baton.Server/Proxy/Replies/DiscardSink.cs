namespace Baton.Server.Proxy.Replies;

/// <summary>
/// Swallows replies nobody waits for: <c>+OK</c> and <c>+QUEUED</c> of a gathered transaction, UNWATCH before a link is given back.
/// </summary>
internal sealed class DiscardSink : ReplySink
{
    /// <summary>It has no state.</summary>
    public static DiscardSink Instance { get; } = new();

    public override void OnReplies(ReadOnlySpan<byte> bytes, int frames, bool endsInside)
    {
    }

    public override void OnLost(int count, string error)
    {
    }
}
