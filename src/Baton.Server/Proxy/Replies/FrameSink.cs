using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy.Replies;

/// <summary>
/// Hands whole replies to one callback: for the proxy's own commands (handshake, CLIENT UNBLOCK, PING drains), whose replies are
/// small.
/// </summary>
internal sealed class FrameSink : ReplySink
{
    private readonly FrameReceiver _receiver;
    private readonly OutputBuffer _partial = new();

    /// <param name="receiver">Gets the replies.</param>
    /// <param name="slot">The place in a session's order they will be written to, if they are.</param>
    public FrameSink(FrameReceiver receiver, ReplySlot? slot = null) => (_receiver, Slot) = (receiver, slot);

    /// <inheritdoc/>
    public override ReplySlot? Slot { get; }

    /// <summary>Gets one whole reply. <paramref name="lost"/>: the link died and this is an error of our own.</summary>
    public delegate void FrameReceiver(ReadOnlySpan<byte> frame, bool lost);

    public override void OnReplies(ReadOnlySpan<byte> bytes, int frames, bool endsInside)
    {
        if (frames == 1 && !endsInside && _partial.Length == 0)
        {
            _receiver(bytes, false);
            return;
        }

        _partial.Append(bytes);
        if (_partial.Length > Array.MaxLength && frames > 0)
        {
            // It can only be one: whoever asks for several asks for small ones.
            _partial.Release();
            _receiver("-ERR a reply of more than 2 GiB cannot be changed by the proxy\r\n"u8, false);
            return;
        }

        while (frames-- > 0)
        {
            byte[] frame = _partial.Pending[..Frames.LengthOf(_partial.Pending)].ToArray();
            _partial.Consume(frame.Length);
            _receiver(frame, false);
        }
    }

    public override void OnLost(int count, string error)
    {
        _partial.Release();
        byte[] frame = System.Text.Encoding.UTF8.GetBytes($"-{error}\r\n");
        while (count-- > 0)
        {
            _receiver(frame, true);
        }
    }
}
