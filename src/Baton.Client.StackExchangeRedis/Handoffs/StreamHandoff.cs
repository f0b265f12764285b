using Baton.Protocol.Maintenance;

namespace Baton.Client.StackExchangeRedis;

/// <summary>
/// Moves a stream from connection to connection: the new one is made and told everything first; then, between two commands, writers wait for the
/// old one's last reply and go on over the new one. When the new place cannot be reached, the old connection serves on.
/// </summary>
internal sealed class StreamHandoff : IDisposable
{
    /// <summary>So much longer than the window a named place is tried first when connecting again.</summary>
    private const long NamedSlackMs = 10_000;

    private readonly HandoffSettings _settings;
    private readonly LogicalEndpoint _logical;
    private readonly Connector _connector;
    private readonly SessionRecord _session;
    private readonly ReplyJudge _judge;
    private readonly WriteGate _gate;
    private readonly Func<bool> _isClean;
    private readonly Greeter _greeter;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly Lock _state = new();
    private volatile Link _writing;
    private volatile Link _reading;
    private volatile TaskCompletionSource<Link> _next = new();
    private HandoffOrder? _order;

    /// <summary>Set while writers are held: a MOVING that comes then is followed afterwards.</summary>
    private bool _isSwitching;
    private (ReceivedNotification Moving, long ReceivedMs)? _pending;
    private bool _isDisposed;
    private bool _isGreeted;

    public StreamHandoff(
        HandoffSettings settings,
        LogicalEndpoint logical,
        Connector connector,
        SessionRecord session,
        ReplyJudge judge,
        WriteGate gate,
        Func<bool> isClean,
        Link link,
        bool optsIn)
    {
        (_settings, _logical, _connector, _session, _judge, _gate, _isClean) = (settings, logical, connector, session, judge, gate, isClean);
        _greeter = new Greeter(session, !optsIn);
        _writing = _reading = link;
        judge.MovingHeard = OnMoving;
        judge.Greeted = greeted => OnGreeted(greeted, optsIn && judge.CanMove);
    }

    /// <summary>Where commands go.</summary>
    public Link Writing => _writing;

    /// <summary>Where replies come from.</summary>
    public Link Reading => _reading;

    /// <summary>The reader has the last frame of its connection: waits for the one to read on from.</summary>
    public async Task ReadOnAsync() => _reading = await _next.Task.ConfigureAwait(false);

    /// <summary>The server has ended the connection.</summary>
    public void OnEnded(Link link)
    {
        if (!_isGreeted)
        {
            _logical.NoteSilent(link.Place);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_state)
        {
            _isDisposed = true;
        }

        _lifetime.Cancel();
        _writing.Dispose();
        _reading.Dispose();
        _next.TrySetException(new ObjectDisposedException(nameof(HandoffStream)));
    }

    private void OnGreeted(Link link, bool optsIn)
    {
        _isGreeted = true;
        _logical.Learn(book => book.WithGood(link.Place));
        if (optsIn)
        {
            _ = OptInAsync(link);
        }
    }

    /// <summary>Asks for notifications where StackExchange.Redis does not; the replies are kept from it.</summary>
    private async Task OptInAsync(Link link)
    {
        try
        {
            await _gate.HoldAsync(_isClean, _lifetime.Token).ConfigureAwait(false);
            try
            {
                _session.NoteOwnOptIn();
                var entry = _session.Now.Entries.First(static item => item.Key == SessionRecord.OptInKey);
                var (first, last) = (PingMark.Next(), PingMark.Next());
                _judge.Expect(new Injection(first, last));
                byte[] bytes = [.. PingMark.Ping(first), .. _session.Encode(entry, link.Remote), .. PingMark.Ping(last)];
                await link.SendAsync(bytes).ConfigureAwait(false);
            }
            finally
            {
                _gate.Release();
            }
        }
        catch (Exception e) when (Connector.IsConnectFailure(e))
        {
            // The connection is gone, and StackExchange.Redis sees that where it reads.
        }
    }

    private void OnMoving(Link link, ReceivedNotification moving)
    {
        ClientLog.NotificationReceived(_settings.Log, link.Id, moving.Kind, moving.Sequence ?? -1);
        Follow(link, moving, _logical.NowMs);
    }

    private void Follow(Link link, ReceivedNotification moving, long receivedMs)
    {
        var named = MovingPlace.Of(moving, _settings.Maintenance, _settings.Log);
        HandoffOrder order;
        lock (_state)
        {
            // What a connection says that has been left already, or what was acted on, is old news.
            if (_isDisposed || link != _writing || _order?.IsFor(moving) == true || MovingPlace.IsHere(moving.Target, link.Remote))
            {
                return;
            }

            if (_isSwitching)
            {
                _pending = (moving, receivedMs);
                return;
            }

            _order?.Supersede();
            order = _order = new HandoffOrder(moving, named, receivedMs, CancellationTokenSource.CreateLinkedTokenSource(_lifetime.Token));
        }

        if (named is not null)
        {
            _logical.Learn(book => book.WithNamed(named, order.DeadlineMs + NamedSlackMs));
        }

        if (_settings.Maintenance.ProactiveHandoff)
        {
            _ = Task.Run(() => MoveAsync(order, link));
        }
    }

    private async Task MoveAsync(HandoffOrder order, Link old)
    {
        ClientLog.HandoffBegan(_settings.Log, old.Id, order.Moving.Sequence ?? -1, order.Named?.ToString() ?? "(no place named)");
        var route = new HandoffRoute<GreetedLink>(_connector, order, old.Remote, (place, limit) => TryReachAsync(order, old, place, limit));
        try
        {
            GreetedLink? next;
            do
            {
                next = await route.ReachAsync().ConfigureAwait(false);
            }
            while (next is not null && !await TrySwitchAsync(order, old, next).ConfigureAwait(false) && _writing == old && !route.IsOver);
            if (next is null || _writing == old)
            {
                ClientLog.HandoffFailed(_settings.Log, old.Id, "the time was over");
            }
            else if (await route.FollowNameAsync(next.Link.Remote, () => _writing == next.Link).ConfigureAwait(false) is { } moved)
            {
                // It had led to the old place once more.
                await TrySwitchAsync(order, next.Link, moved).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // A newer MOVING counts, or the stream is gone.
        }
        finally
        {
            EndOverlap(order);
            order.End();
        }
    }

    private void EndOverlap(HandoffOrder order)
    {
        lock (_state)
        {
            if (_order == order)
            {
                _judge.Overlap = null;
            }
        }
    }

    private async Task<GreetedLink?> TryReachAsync(HandoffOrder order, Link old, RedisEndpoint place, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit, _settings.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, order.Token);
        Link? link = null;
        try
        {
            link = await _connector.ConnectAsync(place, both.Token).ConfigureAwait(false);
            var greeted = new GreetedLink(link);
            _judge.Overlap = greeted.Overlap;
            await _greeter.TellAsync(greeted, both.Token).ConfigureAwait(false);
            return greeted;
        }
        catch (Exception e) when (Connector.IsConnectFailure(e))
        {
            link?.Dispose();
            order.Token.ThrowIfCancellationRequested();
            ClientLog.HandoffAttemptFailed(_settings.Log, old.Id, $"{place}: {e.Message}");
            return null;
        }
    }

    /// <summary>From the old connection to the new one, between two commands. The new one is closed when it does not come to that.</summary>
    private async Task<bool> TrySwitchAsync(HandoffOrder order, Link old, GreetedLink next)
    {
        var left = TimeSpan.FromMilliseconds(Math.Max(1, order.DeadlineMs - _logical.NowMs));
        using var limit = new CancellationTokenSource(left, _settings.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, order.Token);
        try
        {
            await _gate.HoldAsync(_isClean, both.Token).ConfigureAwait(false);
            try
            {
                await SwitchHeldAsync(old, next, limit.Token).ConfigureAwait(false);
            }
            finally
            {
                EndSwitching();
                _gate.Release();
            }
        }
        catch (Exception e) when (Connector.IsConnectFailure(e) || e is TimeoutException)
        {
            order.Token.ThrowIfCancellationRequested();
            ClientLog.HandoffAttemptFailed(_settings.Log, old.Id, e.Message);
        }
        finally
        {
            (_writing == next.Link ? old : next.Link).Dispose();
        }

        FollowPending(next);
        return _writing == next.Link;
    }

    private async Task SwitchHeldAsync(Link old, GreetedLink next, CancellationToken cancellationToken)
    {
        var began = _logical.NowMs;
        lock (_state)
        {
            ObjectDisposedException.ThrowIf(_isDisposed || _writing != old, nameof(HandoffStream));
            _isSwitching = true;
            _next = new TaskCompletionSource<Link>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        var token = PingMark.Next();
        var drained = new Injection(null, token) { EndsLink = true };
        _judge.Expect(drained);
        await old.SendAsync(PingMark.Ping(token)).ConfigureAwait(false);
        await Task.WhenAny(drained.Answered.Task, Task.Delay(Timeout.InfiniteTimeSpan, _settings.Time, cancellationToken)).ConfigureAwait(false);
        if (_judge.TryKeep(drained))
        {
            throw new TimeoutException("the old connection has not answered its last commands in time");
        }

        try
        {
            await CatchUpAsync(next, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            old.Resume();
            _next.TrySetResult(old);
            throw;
        }

        GoOn(old, next, began);
    }

    /// <summary>What was told meanwhile, and, for subscribers, what was published until the old connection's last message.</summary>
    private async Task CatchUpAsync(GreetedLink next, CancellationToken cancellationToken)
    {
        var now = _session.Now;
        if (now.Version != next.Told.Version || !now.Subscriptions.IsEmpty)
        {
            await _greeter.TellAsync(next, cancellationToken).ConfigureAwait(false);
        }

        var fresh = now.Subscriptions.IsEmpty ? next.Early : next.Overlap.WithoutDelivered(next.Early);
        next.Link.PutAhead([.. fresh.SelectMany(static frame => frame)]);
    }

    private void GoOn(Link old, GreetedLink next, long began)
    {
        lock (_state)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, nameof(HandoffStream));
            _session.Remote = next.Link.Remote;
            _writing = next.Link;
        }

        _next.TrySetResult(next.Link);
        _logical.Learn(book => book.WithGood(next.Link.Place));
        ClientLog.HandoffDone(_settings.Log, old.Id, next.Link.Id, next.Link.Place, _logical.NowMs - began);
    }

    private void EndSwitching()
    {
        lock (_state)
        {
            _isSwitching = false;
        }
    }

    /// <summary>A MOVING that came on the way to the new connection, on either.</summary>
    private void FollowPending(GreetedLink next)
    {
        (ReceivedNotification Moving, long ReceivedMs)? pending;
        lock (_state)
        {
            (pending, _pending) = (_pending, null);
        }

        if (pending is { } heard)
        {
            Follow(_writing, heard.Moving, heard.ReceivedMs);
        }

        if (next.Moving is { } early)
        {
            Follow(next.Link, early, _logical.NowMs);
        }
    }
}
