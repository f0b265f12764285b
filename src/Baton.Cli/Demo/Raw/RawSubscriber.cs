using Baton.Cli.Demo.Load;
using Baton.Cli.Demo.Model;

namespace Baton.Cli.Demo.Raw;

/// <summary>
/// A subscriber that hands off by itself: on MOVING it subscribes on the new connection first, listens on both until the old one has
/// delivered everything up to where the new one began, and then closes the old one.
/// </summary>
internal sealed class RawSubscriber : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    private readonly LoadContext _context;
    private readonly RawDialer _dialer;
    private readonly ClientStatistics _row;
    private readonly string[] _subscribe;
    private readonly IReadOnlyDictionary<string, SubscriptionModel> _models;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _changing = new(1, 1);
    private RawConnection? _current;
    private long _newestMoving;

    /// <summary>Creates a subscriber; it connects with <see cref="OpenAsync"/>.</summary>
    /// <param name="subscribe"><c>SUBSCRIBE</c> or <c>PSUBSCRIBE</c> and one channel or pattern.</param>
    /// <param name="models">What must come, by channel.</param>
    /// <param name="context">What the load shares.</param>
    public RawSubscriber(string[] subscribe, IReadOnlyDictionary<string, SubscriptionModel> models, LoadContext context)
    {
        (_subscribe, _models, _context) = (subscribe, models, context);
        _row = context.Statistics.Row("raw subscriber");
        var options = new RawConnectionOptions
        {
            Time = context.Time,
            Name = "demo-sub",
            Password = context.Password,
            OptIn = context.Notifications,
        };
        _dialer = new RawDialer(context, options, _row, OnMessage) { OnMoving = OnMoving };
    }

    /// <summary>Connects, subscribes, and stays subscribed until disposed.</summary>
    /// <exception cref="RawConnectionLostException">Nothing could be reached.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _current = await SubscribedAsync(await _dialer.ConnectAnyAsync(preferred: null, cancellationToken), cancellationToken);
        _row.Connected();
        _ = StayConnectedAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _changing.WaitAsync();
        if (_current is not null)
        {
            await _current.DisposeAsync();
        }

        _changing.Release();
    }

    private async Task<RawConnection> SubscribedAsync(RawConnection connection, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(new RawCommands().Add(_subscribe), onReply: null, cancellationToken);
        return connection;
    }

    private void OnMessage(RawConnection connection, RawReply push)
    {
        // >3 message channel payload, >4 pmessage pattern channel payload
        if (push.Items is [.., { Text: { } channel }, { Text: not null } payload] && _models.TryGetValue(channel, out var model))
        {
            _row.Received();
            model.Received(connection.Id, payload.Integer);
        }
    }

    private void OnMoving(RawConnection connection, RawMaintenance moving)
    {
        if (moving.Sequence > Interlocked.Read(ref _newestMoving))
        {
            Interlocked.Exchange(ref _newestMoving, moving.Sequence);
            _ = ChangeOverAsync(connection, moving);
        }
    }

    private async Task ChangeOverAsync(RawConnection old, RawMaintenance moving)
    {
        try
        {
            await _changing.WaitAsync(_closing.Token);
            try
            {
                var next = await _dialer.FollowAsync(old, moving, _closing.Token)
                    ?? throw new RawConnectionLostException($"no connection to {moving.Target} within the {moving.Seconds} s of MOVING");
                await SubscribedAsync(next, _closing.Token);
                _current = next;
                while (!old.Ended.IsCompleted && !_models.Values.All(model => model.IsCoveredBy(old.Id, next.Id)))
                {
                    await Task.Delay(Poll, _context.Time, _closing.Token);
                }

                await old.DisposeAsync();
                _row.HandedOff();
            }
            finally
            {
                _changing.Release();
            }
        }
        catch (RawConnectionLostException e)
        {
            _context.Statistics.Fail(_row, 1, $"{_subscribe[0]}: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    // After a loss that no MOVING announced (counted where it is seen) the subscription must not stay away for the rest of the run.
    private async Task StayConnectedAsync()
    {
        try
        {
            while (!_closing.IsCancellationRequested)
            {
                await _current!.Ended.WaitAsync(_closing.Token);
                await _changing.WaitAsync(_closing.Token);
                try
                {
                    if (_current.Ended.IsCompleted)
                    {
                        var next = await _dialer.ConnectAnyAsync(_current.Endpoint, _closing.Token);
                        _current = await SubscribedAsync(next, _closing.Token);
                    }
                }
                finally
                {
                    _changing.Release();
                }
            }
        }
        catch (RawConnectionLostException e)
        {
            _context.Statistics.Fail(_row, 1, $"{_subscribe[0]}: could not subscribe again: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
