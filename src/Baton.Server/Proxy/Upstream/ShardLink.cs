using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;

namespace Baton.Server.Proxy.Upstream;

/// <summary>
/// One pipelined connection to one shard instance, for one socket's lifetime: sends commands, matches replies to them by order.
/// Belongs to its loop's thread. States: <see cref="LinkState"/>.
/// </summary>
internal sealed class ShardLink : IConnectionHandler, IUpstream
{
    /// <summary>A reply or a command this large keeps others waiting who could go another way.</summary>
    internal const int LargeBytes = 1024 * 1024;

    private static readonly RespLimits UpstreamLimits = new(MaxBulkLength: int.MaxValue);

    private readonly PendingReplies _pending = new();
    private readonly ReplyScanner _scanner = new(UpstreamLimits);
    private readonly OutputBuffer _unasked = new();
    private readonly LinkGreeting _greeting;
    private IConnection _connection = null!;
    private IDisposable? _handshakeTimer;
    private string? _detail;
    private bool _insideUnasked;
    private string? _retiring;
    private ReplyPlace _lastPlace;
    private long _unfinishedBytes;
    private long _largeReply;
    private bool _sendsLarge;
    private long _owesSinceMs;

    private ShardLink(LoopShard shard, ILinkOwner owner, int protocol, int database, bool dedicated, ShardTarget target)
    {
        (Shard, Owner, Target, Dress) = (shard, owner, target, new LinkDress(protocol, database));
        IsDedicated = dedicated;
        _greeting = new LinkGreeting(this);
    }

    /// <summary>The shard as this loop sees it.</summary>
    public LoopShard Shard { get; }

    /// <summary>The instance it is connected to; the shard may have moved on.</summary>
    public ShardTarget Target { get; }

    /// <summary>What the engine has been told; of shared links it never changes.</summary>
    public LinkDress Dress { get; set; }

    /// <summary>2 or 3.</summary>
    public int Protocol => Dress.Protocol;

    /// <summary>The SELECTed database.</summary>
    public int Database => Dress.Database;

    /// <summary>Used by one session at a time.</summary>
    public bool IsDedicated { get; }

    /// <summary>Who is told about it; changes when a dedicated link is handed on.</summary>
    public ILinkOwner Owner { get; set; }

    /// <summary>See <see cref="LinkState"/>.</summary>
    public LinkState State { get; private set; }

    /// <summary>The engine's id of this connection, for CLIENT UNBLOCK; 0 until known, and on shared links.</summary>
    public long ClientId { get; internal set; }

    /// <summary>A blocking command is in flight on it; its reply may take for ever, so a tap does not wait for it.</summary>
    public bool IsBlocked
    {
        get;
        set
        {
            if (field != value)
            {
                field = value;
                Shard.BlockedOutstanding += value ? Owed : -Owed;
            }
        }
    }

    /// <summary>Replies asked for since it is ready.</summary>
    public long Sent { get; private set; }

    /// <summary>Replies that have come, of those.</summary>
    public long Answered { get; private set; }

    /// <summary>When the engine last said something on it, on the loop's clock.</summary>
    public long HeardMs { get; private set; }

    /// <summary>How long it has owed a reply without a byte; 0 when it owes none, or one that may take for ever.</summary>
    public long SilentMs => State == LinkState.Ready && !IsBlocked && Answered < Sent ? Shard.Loop.Io.NowMs - Math.Max(HeardMs, _owesSinceMs) : 0;

    /// <summary>Replies that are still to come.</summary>
    private int Owed => (int)(Sent - Answered);

    /// <summary>
    /// The place in its session's order that got the last reply: a push that follows belongs behind it. Of dedicated links.
    /// </summary>
    public ReplyPlace LastPlace => _lastPlace;

    /// <summary>
    /// A large reply is coming on it or expected, or a large command is on its way: what is sent now waits until that is over.
    /// </summary>
    public bool IsCongested => State == LinkState.Ready
        && (_unfinishedBytes >= LargeBytes || Answered < _largeReply || (_sendsLarge && _connection.Output.Length >= LargeBytes));

    /// <summary>The sink of the last reply asked for; the next command of the same sink only counts up.</summary>
    public ReplySink? TailSink => _pending.TailSink;

    /// <summary>Connects, to the shard's target or the one it will have, and sends the handshake behind it.</summary>
    public static ShardLink Open(LoopShard shard, ILinkOwner owner, int protocol, int database, bool dedicated, ShardTarget? target = null)
    {
        ShardLink link = new(shard, owner, protocol, database, dedicated, target ?? shard.Target);
        shard.Links.Add(link);
        ILoop loop = shard.Loop.Io;
        link._handshakeTimer = loop.At(
            loop.NowMs + shard.Database.HandshakeTimeoutMs, () => link.Close(CloseReason.UpstreamLost, "the handshake timed out"));
        link._connection = loop.Connect(link.Target.Address, link);
        link._pending.Enqueue(link._greeting, link._greeting.Write(link._connection.Output));
        return link;
    }

    /// <summary>Sends whole commands and notes who gets their replies.</summary>
    public void Send(ReadOnlySpan<byte> commands, ReplySink sink, int replies = 1)
    {
        if (State == LinkState.Closed)
        {
            // Nobody would ever answer.
            sink.OnLost(replies, "ERR upstream lost (the connection had ended); the command was not executed");
            return;
        }

        _sendsLarge |= commands.Length >= LargeBytes && sink.Slot is not null;
        _connection.Output.Append(commands);
        Expect(sink, replies);
    }

    /// <inheritdoc/>
    public void Send(OutputBuffer commands, ReplySink sink, int replies)
    {
        if (State == LinkState.Closed)
        {
            commands.Release();
            Send(default(ReadOnlySpan<byte>), sink, replies);
            return;
        }

        _sendsLarge |= commands.Length >= LargeBytes;
        commands.MoveTo(_connection.Output);
        Expect(sink, replies);
    }

    /// <summary>The last reply asked for will be large, if it is like those before: others need not wait to see it begin.</summary>
    public void ExpectLarge() => _largeReply = Sent;

    /// <summary>Sends what a lane has kept while there was no link.</summary>
    public void SendBacklog(OutputBuffer commands, PendingReplies replies)
    {
        commands.MoveTo(_connection.Output);
        Count(sent: replies.MoveTo(_pending));
    }

    /// <summary>Appends a command piece by piece: write to the output, then say who gets the replies.</summary>
    public OutputBuffer Output => _connection.Output;

    /// <summary>Replies to what was written to <see cref="Output"/> go to <paramref name="sink"/>.</summary>
    public void Expect(ReplySink sink, int replies)
    {
        _pending.Enqueue(sink, replies);
        Count(sent: replies);
    }

    /// <summary>Ends it; what is in flight is failed.</summary>
    public void Close(CloseReason reason, string detail)
    {
        if (State != LinkState.Closed)
        {
            _detail ??= detail;
            _connection.Close(reason);
        }
    }

    /// <summary>Shows who waits for its replies.</summary>
    public void ForEachWaiting(Action<ReplySink> visit) => _pending.ForEach(visit);

    /// <summary>Ends it when the last reply it owes has come: nothing new is sent on it.</summary>
    public void Retire(string why)
    {
        _retiring = why;
        if (_pending.IsEmpty || State == LinkState.Greeting)
        {
            Close(CloseReason.Released, why);
        }
    }

    void IConnectionHandler.OnConnected()
    {
    }

    void IConnectionHandler.OnOutputDrained() => _sendsLarge = false;

    void IConnectionHandler.OnReceived(ReadOnlySpan<byte> bytes)
    {
        long before = Answered;
        int received = bytes.Length;
        HeardMs = Shard.Loop.Io.NowMs;
        while (bytes.Length > 0 && State != LinkState.Closed && _detail is null)
        {
            if (!_scanner.InsideFrame)
            {
                _insideUnasked = bytes[0] == (byte)'>' || _pending.IsEmpty;
            }

            int used = _insideUnasked ? TakeUnasked(bytes) : TakeReplies(bytes);
            bytes = bytes[used..];
        }

        _unfinishedBytes = _scanner.InsideFrame && Answered == before ? _unfinishedBytes + received : 0;
        if (_retiring is { } why && _pending.IsEmpty)
        {
            Close(CloseReason.Released, why);
        }

        if (Answered != before)
        {
            Shard.OnAnswered();
        }
    }

    void IConnectionHandler.OnClosed(CloseReason reason, string? detail)
    {
        if (State == LinkState.Closed)
        {
            return;
        }

        bool wasReady = State == LinkState.Ready;
        if (reason != CloseReason.Released && Target == Shard.Target)
        {
            // The engine may have died, and what starts again in its place has no scripts.
            Shard.Scripts.Forget();
        }

        State = LinkState.Closed;
        _handshakeTimer?.Dispose();
        _unasked.Release();
        Shard.Links.Remove(this);
        string why = _detail ?? detail ?? reason.ToString();
        if (wasReady)
        {
            // Unsettled before the sinks run, so that whoever looks at the shard from within sees the truth.
            Count(answered: Owed);
            _pending.Fail($"ERR upstream lost ({why}); whether the command was executed is unknown");
        }

        Owner.OnLinkClosed(this, reason, why);
        Shard.OnAnswered();
    }

    /// <summary>The handshake is answered.</summary>
    internal void OnGreeted(string? refusal)
    {
        if (refusal is not null)
        {
            Close(CloseReason.UpstreamLost, refusal);
            return;
        }

        _handshakeTimer?.Dispose();
        State = LinkState.Ready;
        Owner.OnLinkReady(this);
    }

    private void Count(int sent = 0, int answered = 0)
    {
        if (Answered == Sent)
        {
            _owesSinceMs = Shard.Loop.Io.NowMs;
        }

        Sent += sent;
        Answered += answered;
        Shard.Outstanding += sent - answered;
        Shard.BlockedOutstanding += IsBlocked ? sent - answered : 0;
    }

    private int TakeReplies(ReadOnlySpan<byte> bytes)
    {
        ReplySink sink = _pending.HeadSink;
        int wanted = _pending.HeadCount;
        int offset = 0;
        int frames = 0;
        bool inside = false;
        while (frames < wanted && offset < bytes.Length && (offset == 0 || bytes[offset] != (byte)'>'))
        {
            ScanStatus status = _scanner.Scan(bytes[offset..], out int consumed);
            offset += consumed;
            if (status == ScanStatus.Invalid)
            {
                Close(CloseReason.ProtocolError, $"the engine's reply is not RESP: {_scanner.Error}");
                return bytes.Length;
            }

            inside = status == ScanStatus.NeedMore;
            if (inside)
            {
                break;
            }

            frames++;
        }

        if (State == LinkState.Ready)
        {
            Count(answered: frames);
        }

        if (frames > 0)
        {
            _pending.Complete(frames);
            if (IsDedicated && sink.Slot is { } slot)
            {
                _lastPlace = new ReplyPlace(slot, slot.Life);
            }
        }

        sink.OnReplies(bytes[..offset], frames, inside);
        return offset;
    }

    private int TakeUnasked(ReadOnlySpan<byte> bytes)
    {
        ScanStatus status = _scanner.Scan(bytes, out int consumed);
        if (status == ScanStatus.Invalid)
        {
            Close(CloseReason.ProtocolError, $"the engine sent what is not RESP: {_scanner.Error}");
            return bytes.Length;
        }

        if (status == ScanStatus.Complete && _unasked.Length == 0)
        {
            Owner.OnUnaskedFrame(this, bytes[..consumed]);
            return consumed;
        }

        _unasked.Append(bytes[..consumed]);
        if (status == ScanStatus.Complete)
        {
            byte[] frame = _unasked.Pending.ToArray();
            _unasked.Release();
            Owner.OnUnaskedFrame(this, frame);
        }

        return consumed;
    }
}
