using System.Text;
using Baton.Protocol.Maintenance;
using Baton.Protocol.Resp;

namespace Baton.Client.StackExchangeRedis;

/// <summary>Decides which frames StackExchange.Redis gets to see, and hears what concerns the handoff. Used by the reader; injections by any thread.</summary>
/// <param name="isActive">Whether connections of this configuration move at all.</param>
/// <param name="passesMaintenance">Whether StackExchange.Redis has asked for notifications on this connection.</param>
internal sealed class ReplyJudge(bool isActive, bool passesMaintenance) : IFrameJudge
{
    /// <summary>The greeting's reply is among the first, or there was none.</summary>
    private const int GreetingIsWithin = 8;

    private readonly Lock _gate = new();
    private readonly Queue<Injection> _injections = new();
    private volatile int _pending;
    private int _seen;

    /// <summary>True on a RESP3 connection to a server that is neither a node of an OSS cluster nor a sentinel.</summary>
    public bool CanMove { get; private set; }

    /// <summary>The greeting was answered with RESP3.</summary>
    public Action<Link>? Greeted { get; set; }

    /// <summary>A MOVING was heard.</summary>
    public Action<Link, ReceivedNotification>? MovingHeard { get; set; }

    /// <summary>Where messages are noted while two connections are subscribed; null while there is one.</summary>
    public OverlapRecord? Overlap { get; set; }

    /// <summary>The replies to what is about to be sent do not concern StackExchange.Redis.</summary>
    public void Expect(Injection injection)
    {
        lock (_gate)
        {
            _injections.Enqueue(injection);
            _pending = _injections.Count;
        }
    }

    /// <summary>The connection goes on after the answer, if that has not come yet. False when it has.</summary>
    public bool TryKeep(Injection injection)
    {
        lock (_gate)
        {
            injection.EndsLink = injection.Answered.Task.IsCompleted;
            return !injection.EndsLink;
        }
    }

    /// <inheritdoc/>
    public bool MustSee(byte first) =>
        first is (byte)'>' or (byte)'|' || _seen < GreetingIsWithin || (_pending > 0 && (first is (byte)'$' or (byte)'-' || IsInside()));

    /// <inheritdoc/>
    public FrameVerdict Judge(Link link, ReadOnlySpan<byte> frame)
    {
        if (frame[0] == '>')
        {
            return JudgePush(link, frame);
        }

        if (_seen < GreetingIsWithin && ++_seen < GreetingIsWithin && frame[0] == '%')
        {
            ReadGreeting(link, frame);
        }

        return _pending == 0 ? FrameVerdict.Pass : JudgeInjected(frame);
    }

    private bool IsInside()
    {
        lock (_gate)
        {
            return _injections.TryPeek(out var next) && next.IsOpen;
        }
    }

    private FrameVerdict JudgeInjected(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (!_injections.TryPeek(out var next) || !next.Takes(frame))
            {
                return FrameVerdict.Pass;
            }

            if (!next.Answered.Task.IsCompleted)
            {
                return FrameVerdict.Swallow;
            }

            _injections.Dequeue();
            _pending = _injections.Count;
            return next.EndsLink ? FrameVerdict.Last : FrameVerdict.Swallow;
        }
    }

    private FrameVerdict JudgePush(Link link, ReadOnlySpan<byte> frame)
    {
        if (!CanMove)
        {
            return FrameVerdict.Pass;
        }

        switch (PushFrames.KindOf(frame))
        {
            case PushKind.Message:
                Overlap?.Add(frame);
                return FrameVerdict.Pass;
            case PushKind.Confirmation or PushKind.Invalidation:
                return FrameVerdict.Pass;
            case PushKind.Moving:
                if (MaintenanceNotificationReader.TryRead(frame, out var moving))
                {
                    MovingHeard?.Invoke(link, moving!);
                }

                return FrameVerdict.Swallow;
            default:
                return passesMaintenance ? FrameVerdict.Pass : FrameVerdict.Swallow;
        }
    }

    /// <summary>A map with <c>proto</c> and <c>mode</c>.</summary>
    private void ReadGreeting(Link link, ReadOnlySpan<byte> frame)
    {
        var reader = new RespReader(frame);
        reader.Read();
        var (isResp3, isAlone) = (false, true);
        for (var left = reader.Count / 2; left > 0 && reader.Read(); left--)
        {
            var key = reader.Value;
            reader.Read();
            isResp3 |= key.SequenceEqual("proto"u8) && reader.TryGetInt64(out var protocol) && protocol >= 3;
            isAlone &= !key.SequenceEqual("mode"u8)
                || !(Ascii.EqualsIgnoreCase(reader.Value, "cluster"u8) || Ascii.EqualsIgnoreCase(reader.Value, "sentinel"u8));
            reader.SkipChildren();
        }

        if (isResp3)
        {
            _seen = GreetingIsWithin;
            CanMove = isAlone && isActive;
            Greeted?.Invoke(link);
        }
    }
}
