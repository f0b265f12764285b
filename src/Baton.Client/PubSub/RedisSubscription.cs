using System.Threading.Channels;
using Baton.Protocol.Subscriptions;

namespace Baton.Client;

/// <summary>
/// A subscription the server has confirmed: <c>await foreach (var message in subscription)</c>. Messages wait in a queue of its own
/// (<see cref="RedisSubscriptionOptions.QueueLimit"/>); several readers at a time share them. It outlives its connection: after a handoff nothing is
/// missing and nothing comes twice, after an unannounced end it is made again and <see cref="Gap"/> tells. Dispose it to unsubscribe. Thread-safe.
/// </summary>
public sealed class RedisSubscription : IAsyncEnumerable<RedisMessage>, IAsyncDisposable
{
    private readonly SubscriptionHub _hub;
    private readonly Channel<RedisMessage> _queue;
    private readonly CallbackQueue _callbacks = new();
    private readonly HashSet<Topic> _lost = [];
    private readonly bool _endsWhenFull;
    private SubscriptionGapReason _lostBecause;
    private bool _nextFollowsGap;
    private int _hasDropped;
    private long _dropped;

    internal RedisSubscription(SubscriptionHub hub, SubscriptionKind kind, IReadOnlyList<RedisKey> names, RedisSubscriptionOptions options)
    {
        (_hub, Kind, Names) = (hub, kind, names);
        _endsWhenFull = options.WhenFull == SubscriptionQueuePolicy.End;
        var limits = new BoundedChannelOptions(options.QueueLimit)
        {
            FullMode = _endsWhenFull ? BoundedChannelFullMode.Wait : BoundedChannelFullMode.DropOldest,
            SingleWriter = true,
        };
        _queue = Channel.CreateBounded<RedisMessage>(limits, _ => OnDropped());
    }

    /// <summary>
    /// Messages may be missing. Raised on the thread pool, one at a time, when the subscription is served again; the first message behind the gap
    /// has <see cref="RedisMessage.FollowsGap"/>.
    /// </summary>
    public event EventHandler<SubscriptionGapEvent>? Gap;

    /// <summary>A callback threw. Raised on the thread pool; the subscription goes on with the next message.</summary>
    public event EventHandler<SubscriptionCallbackFailedEvent>? CallbackFailed;

    /// <summary>What it is to.</summary>
    public SubscriptionKind Kind { get; }

    /// <summary>The channels or patterns.</summary>
    public IReadOnlyList<RedisKey> Names { get; }

    /// <summary>Messages dropped because the queue was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>The topics it is to; the hub's.</summary>
    internal List<Topic> Topics { get; } = [];

    /// <summary>True once the server had confirmed all of it; guarded by the hub.</summary>
    internal bool IsEstablished { get; set; }

    /// <summary>Reads messages as they come, until the subscription is disposed.</summary>
    /// <param name="cancellationToken">Ends the reading; the subscription goes on.</param>
    /// <exception cref="RedisSubscriptionEndedException">The subscription ended by itself; what was queued has been read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async IAsyncEnumerator<RedisMessage> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await _queue.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (!cancellationToken.IsCancellationRequested && _queue.Reader.TryRead(out var message))
            {
                // What was dropped were the oldest: they would stand right here.
                yield return Interlocked.Exchange(ref _hasDropped, 0) != 0 ? message.AfterGap() : message;
            }
        }
    }

    /// <summary>Unsubscribes; what is queued can still be read. A second call does nothing.</summary>
    public ValueTask DisposeAsync()
    {
        _hub.Release(this);
        _queue.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    /// <summary>A message; called by the hub, under its lock. False when the queue is full and the subscription is to end.</summary>
    internal bool Deliver(RedisMessage message)
    {
        if (_nextFollowsGap)
        {
            message = message.AfterGap();
        }

        var isTaken = _queue.Writer.TryWrite(message);
        _nextFollowsGap &= !isTaken;
        return isTaken || !_endsWhenFull;
    }

    /// <summary>A topic is not served any more; called by the hub, under its lock.</summary>
    internal void OnLost(Topic topic, SubscriptionGapReason reason)
    {
        if (IsEstablished)
        {
            _lostBecause = _lost.Count == 0 ? reason : _lostBecause;
            _lost.Add(topic);
            _nextFollowsGap = true;
        }
    }

    /// <summary>A topic is served; called by the hub, under its lock.</summary>
    internal void OnServed(Topic topic)
    {
        if (_lost.Remove(topic) && _lost.Count == 0)
        {
            RaiseGap(_lostBecause);
        }
    }

    /// <summary>It ends by itself.</summary>
    internal void End(SubscriptionEndReason reason, string what, Exception? cause) =>
        _queue.Writer.TryComplete(new RedisSubscriptionEndedException(reason, $"The subscription to {string.Join(", ", Names)} has ended: {what}.", cause));

    /// <summary>Calls the handler for each message, one after another, until the subscription ends.</summary>
    internal async Task RunAsync(Func<RedisMessage, ValueTask> handler)
    {
        try
        {
            // Away from the caller's context, and from whoever delivers.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await foreach (var message in ((IAsyncEnumerable<RedisMessage>)this).ConfigureAwait(false))
            {
                try
                {
                    await handler(message).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    OnCallbackFailed(message, e);
                }
            }
        }
        catch (RedisSubscriptionEndedException e)
        {
            OnCallbackFailed(null, e);
        }
    }

    private void OnCallbackFailed(RedisMessage? message, Exception error)
    {
        ClientLog.SubscriptionCallbackFailed(_hub.Log, Names[0].ToString(), error);
        Raise(() => CallbackFailed?.Invoke(this, new SubscriptionCallbackFailedEvent(message, error)));
    }

    private void OnDropped()
    {
        Interlocked.Increment(ref _dropped);
        if (Interlocked.Exchange(ref _hasDropped, 1) == 0)
        {
            RaiseGap(SubscriptionGapReason.QueueFull);
        }
    }

    private void RaiseGap(SubscriptionGapReason reason)
    {
        ClientLog.SubscriptionGap(_hub.Log, Names[0].ToString(), reason);
        Raise(() => Gap?.Invoke(this, new SubscriptionGapEvent(reason)));
    }

    private void Raise(Action raise) => _callbacks.Add(() =>
    {
        try
        {
            raise();
        }
        catch (Exception e)
        {
            ClientLog.SubscriptionCallbackFailed(_hub.Log, Names[0].ToString(), e);
        }
    });
}
