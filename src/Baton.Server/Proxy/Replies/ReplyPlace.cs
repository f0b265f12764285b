namespace Baton.Server.Proxy.Replies;

/// <summary>A place in a session's reply order, remembered: slots are pooled, and <paramref name="Life"/> tells whether it is still the same use.</summary>
/// <param name="Slot">The slot, or null for none.</param>
/// <param name="Life">Its <see cref="ReplySlot.Life"/> when it was remembered.</param>
internal readonly record struct ReplyPlace(ReplySlot? Slot, long Life)
{
    /// <summary>The slot while it still stands in <paramref name="queue"/>, else null: all of it has been written.</summary>
    public ReplySlot? In(ReplyQueue queue) => Slot is { } slot && slot.Life == Life && slot.Queue == queue ? slot : null;
}
