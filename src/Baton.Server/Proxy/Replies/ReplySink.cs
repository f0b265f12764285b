namespace Baton.Server.Proxy.Replies;

/// <summary>
/// Takes the replies to commands sent on one upstream link, in the order the commands were sent. Belongs to its loop's thread.
/// </summary>
internal abstract class ReplySink
{
    /// <summary>The place in a session's order its replies belong to; null when no client sees them.</summary>
    public virtual ReplySlot? Slot => null;

    /// <summary>
    /// A piece of the reply stream: <paramref name="frames"/> frames end in it; <paramref name="endsInside"/>: its last bytes begin
    /// one more.
    /// </summary>
    public abstract void OnReplies(ReadOnlySpan<byte> bytes, int frames, bool endsInside);

    /// <summary>The last <paramref name="count"/> replies will never come; whether their commands were executed is unknown.</summary>
    /// <param name="count">How many.</param>
    /// <param name="error">An error text for the client, with its code (<c>ERR ...</c>).</param>
    public abstract void OnLost(int count, string error);
}
