using System.Net;
using Baton.Cli.Demo.Load;

namespace Baton.Cli.Demo.Raw;

/// <summary>Makes connections for one raw client: the first, those a MOVING asks for, and those after a loss.</summary>
internal sealed class RawDialer
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ReconnectLimit = TimeSpan.FromSeconds(10);

    private readonly LoadContext _context;
    private readonly RawConnectionOptions _options;
    private readonly ClientStatistics _row;
    private readonly Action<RawConnection, RawReply> _onMessage;

    /// <summary>Creates a dialer.</summary>
    /// <param name="context">Clock, statistics, resolver.</param>
    /// <param name="options">The handshake.</param>
    /// <param name="row">Where disconnects are counted.</param>
    /// <param name="onMessage">Told of pushes that are no maintenance notification.</param>
    public RawDialer(LoadContext context, RawConnectionOptions options, ClientStatistics row, Action<RawConnection, RawReply> onMessage) =>
        (_context, _options, _row, _onMessage) = (context, options, row, onMessage);

    /// <summary>Told of each MOVING and the connection it came on. Runs on the reading loop: must not block.</summary>
    public required Action<RawConnection, RawMaintenance> OnMoving { get; init; }

    /// <summary>Connects to one of the database's addresses, again and again until it works or the limit is over.</summary>
    /// <param name="preferred">Tried first: the last address that worked. Null = none yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RawConnectionLostException">Nothing could be reached.</exception>
    public async Task<RawConnection> ConnectAnyAsync(IPEndPoint? preferred, CancellationToken cancellationToken)
    {
        var began = _context.Time.GetTimestamp();
        while (true)
        {
            try
            {
                var known = await KnownAsync(cancellationToken);
                var endpoint = preferred is not null && known.Contains(preferred) ? preferred : known[0];
                return await ConnectAsync(endpoint, cancellationToken);
            }
            catch (RawConnectionLostException) when (_context.Time.GetElapsedTime(began) < ReconnectLimit)
            {
                await Task.Delay(RetryPause, _context.Time, cancellationToken);
            }
        }
    }

    /// <summary>Connects once.</summary>
    /// <exception cref="RawConnectionLostException">It did not work.</exception>
    public async Task<RawConnection> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var connection = await RawConnection.ConnectAsync(endpoint, _options, OnPush, cancellationToken);
        _ = WatchAsync(connection);
        return connection;
    }

    /// <summary>
    /// Does what a MOVING asks: connects to its target, or with a null target waits for half of the time and connects to wherever the
    /// database is then. Tries until the time is over.
    /// </summary>
    /// <returns>The new connection with its handshake done, or null when the time was over first.</returns>
    public async Task<RawConnection?> FollowAsync(RawConnection from, RawMaintenance moving, CancellationToken cancellationToken)
    {
        using var window = new CancellationTokenSource(TimeSpan.FromSeconds(Math.Max(moving.Seconds, 1)), _context.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(window.Token, cancellationToken);
        try
        {
            if (moving.Target is null)
            {
                await Task.Delay(TimeSpan.FromSeconds(moving.Seconds) / 2, _context.Time, both.Token);
            }

            while (true)
            {
                try
                {
                    return await ConnectAsync(await TargetAsync(from, moving, both.Token), both.Token);
                }
                catch (RawConnectionLostException)
                {
                    await Task.Delay(RetryPause, _context.Time, both.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<IPEndPoint> TargetAsync(RawConnection from, RawMaintenance moving, CancellationToken cancellationToken)
    {
        if (moving.Target is not null)
        {
            return RawConnectionOptions.ParseEndpoint(moving.Target);
        }

        var known = await KnownAsync(cancellationToken);
        return known.FirstOrDefault(endpoint => !endpoint.Equals(from.Endpoint)) ?? known[0];
    }

    private async Task<IReadOnlyList<IPEndPoint>> KnownAsync(CancellationToken cancellationToken) =>
        await _context.Resolve(cancellationToken) is { Count: > 0 } known
            ? known
            : throw new RawConnectionLostException("no address of the database is known");

    private void OnPush(RawConnection connection, RawReply push)
    {
        if (RawMaintenance.From(push) is not { } notification)
        {
            _onMessage(connection, push);
            return;
        }

        if (notification.Type == "MOVING")
        {
            connection.AnnounceClose(notification.Seconds);
            OnMoving(connection, notification);
        }

        // Last: who sees it counted may rely on what it set going.
        _context.Statistics.Notified(notification.Type);
    }

    private async Task WatchAsync(RawConnection connection)
    {
        await connection.Ended;
        if (connection.ClosedByServer && !connection.CloseWasAnnounced)
        {
            _context.Statistics.Disconnected(_row, $"{connection.Endpoint} closed connection {connection.Id} unannounced or too early");
        }
    }
}
