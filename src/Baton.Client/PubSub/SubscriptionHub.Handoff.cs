using System.Diagnostics;

namespace Baton.Client;

/// <summary>From one connection to the next, with both subscribed for a while.</summary>
internal sealed partial class SubscriptionHub
{
    /// <summary>How long the new connection may be behind the old one: until then, what may be a copy is taken for one.</summary>
    private const long SettleMs = 1_000;

    private SubscriberSession? _joining;
    private MessageOverlap? _overlap;
    private OverlapSettlement? _settlement;

    /// <summary>The PING on the primary behind which the joining session takes over.</summary>
    private SubscriberCommand? _marker;
    private TaskCompletionSource? _left;

    /// <inheritdoc/>
    public async Task PrepareAsync(RedisConnection next, TimeSpan limit, CancellationToken cancellationToken)
    {
        var session = Open(next);
        Task confirmed;
        lock (_gate)
        {
            if (_primary is null || _isDisposed)
            {
                // There is nothing to overlap with.
                return;
            }

            AbandonJoining_NeedsLock("a newer handoff is under way");
            _joining = session;
            _overlap = new MessageOverlap();
            session.Subscribe(_topics.Wanted);
            confirmed = session.AllConfirmedAsync();
        }

        next.Serve(session.Outbox, ConnectionState.Greeting);
        session.Flush();
        try
        {
            await confirmed.WaitAsync(limit, _context.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return;
        }
        catch (TimeoutException e)
        {
            throw NotPrepared(next, ConnectFailedReason.TimedOut, $"subscribing took longer than {limit.TotalMilliseconds:0} ms", e);
        }
        catch (RedisConnectFailedException e)
        {
            throw NotPrepared(next, e.FailedReason, e.Message, e);
        }
        catch (OperationCanceledException)
        {
            NotPrepared(next, ConnectFailedReason.Refused, "a newer handoff is under way", null);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(RedisConnection old)
    {
        var limit = Task.Delay(_context.Options.Maintenance.HoldLimit, _context.Options.TimeProvider, _context.Lifetime.Token);
        while (Step(old) is { } wait)
        {
            if (await Task.WhenAny(wait, old.Closed, limit).ConfigureAwait(false) == limit)
            {
                GiveUpOn(old);
                return;
            }
        }
    }

    /// <summary>What has to happen next before the old connection can go; null when nothing has.</summary>
    private Task? Step(RedisConnection old)
    {
        SubscriberSession primary;
        Task left;
        lock (_gate)
        {
            if (_primary is null || _primary.Connection != old || _joining is null || old.State == ConnectionState.Closed)
            {
                return null;
            }

            if (_joining.Awaited > 0)
            {
                // Subscribed since it was prepared.
                return _joining.AllConfirmedAsync();
            }

            primary = _primary;
            _marker ??= primary.Mark();
            left = (_left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        primary.Flush();
        return left;
    }

    /// <summary>The old connection does not answer.</summary>
    private void GiveUpOn(RedisConnection old)
    {
        lock (_gate)
        {
            if (_primary?.Connection == old && _joining is not null)
            {
                Lose_NeedsLock(SubscriptionGapReason.HandoffIncomplete);
                Promote_NeedsLock(isWhole: false);
            }
        }

        EndFull();
        Flush();
    }

    /// <summary>The joining session takes over.</summary>
    /// <param name="isWhole">True when the old one has delivered everything it had.</param>
    private void Promote_NeedsLock(bool isWhole)
    {
        var (old, next, overlap) = (_primary, _joining, _overlap);
        Debug.Assert(next is not null && overlap is not null, "Only a joining session can take over.");
        (_primary, _joining, _overlap) = (next, null, null);
        EndMarker_NeedsLock();
        _settlement = overlap.Settle(_context.Clock.PreciseMs + SettleMs);
        foreach (var (topic, message) in overlap.New)
        {
            DeliverNew_NeedsLock(topic, message);
        }

        foreach (var topic in next.Confirmed.ToArray())
        {
            OnServed_NeedsLock(topic);
        }

        if (isWhole)
        {
            ClientLog.SubscriptionsMoved(Log, old!.Connection.Id, next.Connection.Id, overlap.New.Count);
        }
    }

    private void AbandonJoining_NeedsLock(string why)
    {
        if (_joining is not null)
        {
            _joining.Fail(new RedisConnectFailedException(ConnectFailedReason.Refused, why, null));
            (_joining, _overlap) = (null, null);
            EndMarker_NeedsLock();
        }
    }

    private void EndMarker_NeedsLock()
    {
        _marker = null;
        _left?.TrySetResult();
        _left = null;
    }

    private void EndSettlement_NeedsLock(long nowMs)
    {
        if (_settlement is not null && nowMs >= _settlement.UntilMs)
        {
            _settlement = null;
        }
    }

    /// <summary>What the primary serves is not served any more.</summary>
    private void Lose_NeedsLock(SubscriptionGapReason reason)
    {
        foreach (var topic in _topics.Wanted)
        {
            foreach (var subscription in topic.Subscribers)
            {
                subscription.OnLost(topic, reason);
            }
        }

        foreach (var wait in _waits)
        {
            wait.Missing.UnionWith(wait.For!.Topics);
        }
    }

    private SubscriberSession Open(RedisConnection connection)
    {
        // Messages are arrays on RESP2, and confirmations may be arrays on RESP3 too.
        connection.ArraysMayBeMessages = true;
        return new SubscriberSession(connection, _context.Clock, OnAnswered);
    }

    private RedisConnectFailedException NotPrepared(RedisConnection next, ConnectFailedReason reason, string what, Exception? cause)
    {
        lock (_gate)
        {
            if (_joining?.Connection == next)
            {
                AbandonJoining_NeedsLock(what);
            }
        }

        next.Close(CloseReason.Idle);
        return new RedisConnectFailedException(reason, $"No connection to {next.Endpoint} for subscriptions: {what}.", cause);
    }

    private RedisConnectionException Disposed() =>
        new(CloseReason.Disposed, "The client was disposed before the server had confirmed the subscription.", CommandOutcome.MayHaveRun);
}
