namespace Baton.Client;

/// <summary>A read whose reply is kept, with <c>CLIENT CACHING YES</c> in front where the server wants that.</summary>
/// <typeparam name="T">What its reply becomes.</typeparam>
internal sealed class CachedReply<T> : PendingReply<T>
{
    private readonly ReplyCache _cache;
    private readonly CachedEntry _entry;
    private readonly bool _optsIn;
    private bool _awaitsOptIn;
    private int _repeats;

    public CachedReply(ReplyCache cache, CachedEntry entry, bool optsIn, ReplyReader<T> reader, ClientContext client)
    {
        (_cache, _entry, _optsIn, _awaitsOptIn) = (cache, entry, optsIn, optsIn);
        Begin(reader, CommandTraits.ReadOnly, client);
    }

    /// <inheritdoc/>
    public override bool OnReply(ReadOnlySpan<byte> frame, Deliveries? deliveries)
    {
        if (_repeats != Repeats)
        {
            // Sent again, all of it, on another connection.
            _repeats = Repeats;
            _awaitsOptIn = _optsIn;
        }

        if (_awaitsOptIn)
        {
            _awaitsOptIn = false;
            if (frame[0] is (byte)'-' or (byte)'!')
            {
                _cache.Forget(_entry);
            }

            return false;
        }

        _cache.Keep(_entry, frame);
        return base.OnReply(frame, deliveries);
    }

    /// <inheritdoc/>
    protected override void Keep()
    {
        // Made for one read.
    }
}
