using System.Net;
using Baton.Cli.Demo.Load;

namespace Baton.Cli.Demo.Raw;

/// <summary>
/// A client that hands off by itself: on MOVING it makes the new connection with its whole handshake, goes on with the old one meanwhile,
/// and changes over between two batches, when nothing is in flight. One caller at a time.
/// </summary>
internal sealed class RawClient : ILoadClient
{
    private readonly LoadContext _context;
    private readonly RawDialer _dialer;
    private readonly CancellationTokenSource _closing = new();
    private RawConnection? _current;
    private RawConnection? _next;
    private long _newestMoving;
    private bool _watching;

    /// <summary>Creates a client; it connects with <see cref="OpenAsync"/>.</summary>
    /// <param name="row">Which row of the report it counts in.</param>
    /// <param name="endpointType">What MOVING shall name.</param>
    /// <param name="context">What the load shares.</param>
    public RawClient(string row, string endpointType, LoadContext context)
    {
        _context = context;
        Row = context.Statistics.Row(row);
        var options = new RawConnectionOptions
        {
            Time = context.Time,
            Name = "demo-raw",
            Password = context.Password,
            OptIn = context.Notifications,
            EndpointType = endpointType,
        };
        _dialer = new RawDialer(context, options, Row, static (_, _) => { }) { OnMoving = OnMoving };
    }

    /// <inheritdoc/>
    public ClientStatistics Row { get; }

    /// <summary>Makes the first connection.</summary>
    /// <param name="endpoint">Where to; null = wherever the database is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RawConnectionLostException">Nothing could be reached.</exception>
    public async Task OpenAsync(IPEndPoint? endpoint, CancellationToken cancellationToken)
    {
        _current = await _dialer.ConnectAnyAsync(endpoint, cancellationToken);
        Row.Connected();
    }

    /// <summary>Moves to another address by its own will, in the way it follows a MOVING.</summary>
    public async Task MoveToAsync(IPEndPoint endpoint, CancellationToken cancellationToken) =>
        await OfferAsync(await _dialer.ConnectAsync(endpoint, cancellationToken));

    /// <inheritdoc/>
    public async Task<RawReply[]> ExecuteAsync(
        IReadOnlyList<string[]> commands, bool measured, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await ReadyAsync(cancellationToken);
            _watching = LeavesWatchOpen(commands, _watching);
            return await connection.ExecuteAsync(RawCommands.Of(commands), measured ? Measure : Count, cancellationToken);
        }
        catch (RawConnectionLostException e)
        {
            throw new LoadFailedException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        foreach (var connection in new[] { Interlocked.Exchange(ref _next, null), _current })
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
        }
    }

    // WATCH belongs to its connection: no change-over until EXEC, DISCARD or UNWATCH.
    private static bool LeavesWatchOpen(IReadOnlyList<string[]> commands, bool watching) =>
        commands.Aggregate(watching, (open, command) => command[0] switch
        {
            "WATCH" => true,
            "EXEC" or "DISCARD" or "UNWATCH" => false,
            _ => open,
        });

    private async Task<RawConnection> ReadyAsync(CancellationToken cancellationToken)
    {
        if (_watching && !_current!.Ended.IsCompleted)
        {
            return _current;
        }

        if (Interlocked.Exchange(ref _next, null) is { } next)
        {
            var old = _current;
            _current = next;
            Row.HandedOff();
            await old!.DisposeAsync();
        }

        if (_watching && _current!.Ended.IsCompleted)
        {
            _watching = false;
            throw new RawConnectionLostException($"{_current.Endpoint}: lost between WATCH and EXEC");
        }

        if (_current!.Ended.IsCompleted)
        {
            _current = await _dialer.ConnectAnyAsync(_current.Endpoint, cancellationToken);
        }

        return _current;
    }

    private void OnMoving(RawConnection connection, RawMaintenance moving)
    {
        // The newest wins; an older one that arrives late (on a connection being retired) says nothing new.
        if (moving.Sequence >= Interlocked.Read(ref _newestMoving))
        {
            Interlocked.Exchange(ref _newestMoving, moving.Sequence);
            _ = FollowAsync(connection, moving);
        }
    }

    private async Task FollowAsync(RawConnection connection, RawMaintenance moving)
    {
        var next = await _dialer.FollowAsync(connection, moving, _closing.Token);
        if (next is not null)
        {
            await OfferAsync(next);
        }
        else if (!_closing.IsCancellationRequested)
        {
            var target = moving.Target ?? "(null)";
            _context.Statistics.Fail(Row, 1, $"no connection to {target} within the {moving.Seconds} s of MOVING {moving.Sequence}");
        }
    }

    private async Task OfferAsync(RawConnection next)
    {
        if (Interlocked.Exchange(ref _next, next) is { } unused)
        {
            await unused.DisposeAsync();
        }
    }

    private void Measure(TimeSpan elapsed) => _context.Statistics.Answered(Row, elapsed);

    private void Count(TimeSpan elapsed) => Row.Answered();
}
