using Baton.Protocol.Subscriptions;
using Microsoft.Extensions.Logging;

namespace Baton.Client;

/// <summary>
/// All subscriptions of a client, on a connection of their own. Several subscriptions to one channel share one SUBSCRIBE. Thread-safe. Under its lock
/// nothing is sent and nobody's code runs; locks are taken in the order sending, hub, queue.
/// </summary>
/// <remarks>
/// <code>
/// primary   the session whose messages are delivered
/// joining   the next one during a handoff: subscribed to the same, its messages are kept back
///
/// first connection, reconnect      primary = it, subscribe to everything; what was served before has a gap
/// handoff prepared                 joining = it, subscribe to everything, note what the primary delivers
/// all confirmed, PONG on primary   primary = joining; copies are left out (see docs/decisions/0033)
/// primary ends while joining       the new one serves when it is confirmed, with a gap
/// joining ends or is refused       dropped; the primary serves on
/// </code>
/// </remarks>
internal sealed partial class SubscriptionHub : ISlotTenant
{
    private readonly Lock _gate = new();
    private readonly ClientContext _context;
    private readonly ConnectionSlot _slot;
    private readonly TopicBook _topics = new();
    private readonly List<SubscribeWait> _waits = [];
    private readonly List<(Topic Topic, long DueMs)> _again = [];
    private SubscriberSession? _primary;
    private bool _isConnecting;
    private bool _isDisposed;

    public SubscriptionHub(ClientContext context)
    {
        _context = context;
        _slot = new ConnectionSlot(context) { Tenant = this, OtherPush = OnPush };
    }

    /// <summary>Log entries.</summary>
    public ILogger Log => _context.Log;

    /// <summary>Subscribes; completes when the server has confirmed everything.</summary>
    /// <exception cref="RedisServerException">The server refuses.</exception>
    /// <exception cref="RedisTimeoutException">No confirmation within the limit.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public async Task<RedisSubscription> SubscribeAsync(
        SubscriptionKind kind, IEnumerable<RedisKey> names, RedisSubscriptionOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        byte[][] distinct = [.. names.Select(static name => name.ToArray()).Distinct(BytesComparer.Instance)];
        ArgumentOutOfRangeException.ThrowIfZero(distinct.Length, nameof(names));
        cancellationToken.ThrowIfCancellationRequested();
        var subscription = new RedisSubscription(this, kind, [.. distinct.Select(static name => (RedisKey)name)], options);
        var wait = new SubscribeWait(_context);
        wait.CancelWith(_slot.Outbox, cancellationToken);
        try
        {
            Begin(subscription, distinct, wait);
            await wait.Done.ConfigureAwait(false);
            return subscription;
        }
        catch
        {
            Release(subscription);
            throw;
        }
        finally
        {
            lock (_gate)
            {
                _waits.Remove(wait);
            }
        }
    }

    /// <summary>Nobody reads the subscription any more.</summary>
    public void Release(RedisSubscription subscription)
    {
        lock (_gate)
        {
            foreach (var topic in subscription.Topics)
            {
                if (topic.Remove(subscription) && !topic.IsWanted)
                {
                    _primary?.Unsubscribe(topic);
                    _joining?.Unsubscribe(topic);
                    ForgetIfUnknown_NeedsLock(topic);
                }
            }

            subscription.Topics.Clear();
        }

        Flush();
    }

    /// <summary>The heartbeat.</summary>
    public void Tick(in CommandLimits limits)
    {
        _slot.Tick(limits);
        lock (_gate)
        {
            foreach (var wait in _waits)
            {
                if (limits.IsOver(wait) && wait.TryClaim())
                {
                    wait.EndWith(limits.Describe(wait, _primary is null ? CommandOutcome.NotSent : CommandOutcome.MayHaveRun));
                }
            }

            EndSettlement_NeedsLock(limits.NowMs);
            SubscribeAgain_NeedsLock(limits.NowMs);
        }

        Flush();
    }

    /// <summary>Ends everything.</summary>
    public void Dispose()
    {
        RedisSubscription[] subscriptions;
        lock (_gate)
        {
            _isDisposed = true;
            subscriptions = [.. _topics.Wanted.SelectMany(static topic => topic.Subscribers).Distinct()];
            foreach (var wait in _waits)
            {
                wait.TryFail(Disposed());
            }
        }

        foreach (var subscription in subscriptions)
        {
            subscription.End(SubscriptionEndReason.ClientDisposed, "the client was disposed", null);
        }

        _slot.Dispose(CloseReason.Disposed);
    }

    /// <inheritdoc/>
    public Outbox Serve(RedisConnection connection)
    {
        SubscriberSession session;
        lock (_gate)
        {
            if (_primary?.Connection != connection)
            {
                if (_primary is not null)
                {
                    Lose_NeedsLock(SubscriptionGapReason.ConnectionLost);
                }

                if (_joining?.Connection == connection)
                {
                    // The old one ended before it could be left in order.
                    Promote_NeedsLock(isWhole: false);
                }
                else
                {
                    AbandonJoining_NeedsLock("another connection serves");
                    _primary = Open(connection);
                    _primary.Subscribe(_topics.Wanted);
                }
            }

            session = _primary!;
        }

        session.Flush();
        return session.Outbox;
    }

    /// <inheritdoc/>
    public void OnEnded(RedisConnection connection)
    {
        SubscriberSession? ended = null;
        lock (_gate)
        {
            if (_primary?.Connection == connection)
            {
                Lose_NeedsLock(_joining is null ? SubscriptionGapReason.ConnectionLost : SubscriptionGapReason.HandoffIncomplete);
                (ended, _primary) = (_primary, null);
                EndSettlement_NeedsLock(long.MaxValue);
                if (_joining is null)
                {
                    _topics.ForgetUnwanted();
                }
            }
            else if (_joining?.Connection == connection)
            {
                ended = _joining;
                AbandonJoining_NeedsLock("the connection has ended");
            }
        }

        ended?.Outbox.Close(outcome => new RedisConnectionException(CloseReason.ClosedByServer, "The connection has ended.", outcome));
    }

    private void Begin(RedisSubscription subscription, byte[][] names, SubscribeWait wait)
    {
        var connects = false;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(RedisClient));
            var fresh = new List<Topic>();
            foreach (var name in names)
            {
                var topic = _topics.GetOrAdd(subscription.Kind, name);
                if (!topic.IsWanted)
                {
                    fresh.Add(topic);
                }

                topic.Add(subscription);
                subscription.Topics.Add(topic);
            }

            _primary?.Subscribe(fresh);
            _joining?.Subscribe(fresh);
            wait.For = subscription;
            wait.Missing.UnionWith(subscription.Topics.Where(topic => _primary?.IsConfirmed(topic) != true));
            _waits.Add(wait);
            CompleteIfConfirmed_NeedsLock(wait);
            connects = !_isConnecting;
            _isConnecting = true;
        }

        if (connects)
        {
            _slot.BeginConnecting();
        }

        Flush();
    }
}
