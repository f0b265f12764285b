using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>
/// One socket for one lifetime: never opened again. Sends what its outbox has, in order, and matches replies to it by order. Ends once, with the
/// first reason; what it owes an answer for is then its owner's affair.
/// </summary>
internal sealed partial class RedisConnection : IThreadPoolWorkItem
{
    private readonly ITransport _transport;
    private readonly IConnectionOwner _owner;
    private readonly CoarseClock _clock;
    private readonly ReplyWindow _window = new();
    private readonly ReceiveBuffer _received;
    private readonly Deliveries _deliveries;
    private readonly Action _onReceived;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Outbox? _outbox;
    private int _state;
    private long _lastReceivedMs;

    public RedisConnection(long id, ITransport transport, IConnectionOwner owner, CoarseClock clock, RespLimits limits)
    {
        Id = id;
        _transport = transport;
        _owner = owner;
        _clock = clock;
        _received = new ReceiveBuffer(limits);
        _deliveries = new Deliveries(this, clock);
        _onReceived = OnReceived;
        _lastReceivedMs = clock.NowMs;
    }

    /// <summary>A number of its own, for logs.</summary>
    public long Id { get; }

    /// <summary>Where it leads.</summary>
    public required RedisEndpoint Endpoint { get; init; }

    /// <summary>What it was told when it was greeted.</summary>
    public required SessionState Session { get; init; }

    /// <summary>The address it reached; null when the transport has none.</summary>
    public System.Net.EndPoint? RemoteEndPoint => _transport.RemoteEndPoint;

    /// <summary>What the server said of itself; set by the handshake.</summary>
    public ServerGreeting Greeting { get; set; } = ServerGreeting.None;

    /// <summary>True once it has been in service.</summary>
    public bool HasServed { get; set; }

    /// <summary>See <see cref="ConnectionState"/>.</summary>
    public ConnectionState State => (ConnectionState)Volatile.Read(ref _state);

    /// <summary>What it serves; null before it serves.</summary>
    public Outbox? Outbox => Volatile.Read(ref _outbox);

    /// <summary>Commands sent and not answered.</summary>
    public int InFlight => _window.Count;

    /// <summary>When bytes last came, on the coarse clock.</summary>
    public long LastReceivedMs => Volatile.Read(ref _lastReceivedMs);

    /// <summary>Completes when it has ended.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Why it ended; null while it has not.</summary>
    public CloseReason? EndedBecause { get; private set; }

    /// <summary>Begins to read. Once.</summary>
    public void Start()
    {
        if (_transport is IBlockingTransport)
        {
            StartReader(0);
        }
        else
        {
            Receive();
        }
    }

    /// <summary>Serves an outbox from now on; <paramref name="state"/> says whether the connection is still being greeted.</summary>
    public void Serve(Outbox outbox, ConnectionState state)
    {
        if (state == ConnectionState.Greeting || TryEnter(state))
        {
            _outbox?.Detach(this);
            Volatile.Write(ref _outbox, outbox);
            outbox.Attach(this);
        }
    }

    /// <summary>Takes nothing new; completes when everything it was asked is answered, or it has ended.</summary>
    public Task DrainAsync()
    {
        _outbox?.Detach(this);
        TryEnter(ConnectionState.Draining);
        return _window.DrainedAsync();
    }

    /// <summary>Ends it. The first reason counts.</summary>
    public void Close(CloseReason reason, Exception? cause = null)
    {
        if (!TryEnter(ConnectionState.Closed))
        {
            return;
        }

        EndedBecause = reason;
        Volatile.Read(ref _outbox)?.Detach(this);
        _transport.Abort();
        _deliveries.OnClosed();

        // The owner is told before anybody who waits fails, so that who tries again finds the next connection.
        _owner.OnClosed(this, reason, cause);
        _closed.TrySetResult();
    }

    /// <summary>What it owes an answer for, in order, and whether that may have reached the server. For the owner, once, after the end.</summary>
    public List<(UnansweredCommand Command, bool WasSent)> TakeUnanswered() => _window.Close();

    /// <summary>The heartbeat: ends waits that are over. Says how long the oldest command has waited, -1 for none.</summary>
    public long Expire(in CommandLimits limits)
    {
        _deliveries.Watch();
        EndLastRead(limits.NowMs);
        return _window.Expire(limits);
    }

    /// <summary>The outbox, which is locked, gives a batch: from now on it counts among what is awaited.</summary>
    public void Expect(Batch batch) => _window.Add(batch);

    private bool TryEnter(ConnectionState state)
    {
        while (true)
        {
            var current = Volatile.Read(ref _state);
            if (current == (int)ConnectionState.Closed || (int)state < current)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _state, (int)state, current) == current)
            {
                return true;
            }
        }
    }
}
