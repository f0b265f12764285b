using System.Net;
using System.Net.Sockets;

namespace Baton.Client.StackExchangeRedis;

/// <summary>Reaches the place a MOVING leads to, by whatever way works, while the old connection serves on.</summary>
/// <param name="settings">Shared settings.</param>
/// <param name="logical">What is known of places.</param>
/// <param name="connector">Resolves names.</param>
/// <param name="order">The MOVING.</param>
/// <param name="left">The address that is being left; null when it has none.</param>
/// <param name="attempt">Connects and greets within the time given; null when it cannot be done.</param>
internal sealed class Route(
    HandoffSettings settings,
    LogicalEndpoint logical,
    Connector connector,
    MoveOrder order,
    EndPoint? left,
    Func<RedisEndpoint, TimeSpan, Task<GreetedLink?>> attempt)
{
    /// <summary>Connections of many clients do not come all at once: each waits a random part of this part of the window ...</summary>
    private const double JitterPart = 0.1;

    /// <summary>... and at most this.</summary>
    private static readonly TimeSpan MostJitter = TimeSpan.FromSeconds(1);

    /// <summary>Between attempts while the old connection serves.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    private bool IsOver => logical.NowMs >= order.DeadlineMs;

    /// <summary>A greeted connection; null when time is over.</summary>
    /// <exception cref="OperationCanceledException">A newer MOVING counts, or the stream is gone.</exception>
    public Task<GreetedLink?> ReachAsync() => Named() is { } named ? ReachNamedAsync(named) : ReachAgainAsync();

    /// <summary>The place named, mapped to where this process reaches it; null when none was named.</summary>
    public RedisEndpoint? Named()
    {
        if (order.Moving.Target is not { } target)
        {
            return null;
        }

        var named = new RedisEndpoint(target.Host, target.Port);
        return settings.Maintenance.MapEndpoint?.Invoke(named) ?? named;
    }

    /// <summary>Looks the configured name up until it leads elsewhere and that place takes the connection; null when time is over.</summary>
    public async Task<GreetedLink?> FollowNameAsync(Func<bool> isNeeded)
    {
        while (!IsOver && isNeeded())
        {
            await DelayAsync(settings.Maintenance.DnsPoll).ConfigureAwait(false);
            if (await ReachElsewhereAsync().ConfigureAwait(false) is { } moved)
            {
                return moved;
            }
        }

        return null;
    }

    /// <summary>The named place; while it cannot be reached, another address of the configured name.</summary>
    private async Task<GreetedLink?> ReachNamedAsync(RedisEndpoint named)
    {
        var most = TimeSpan.FromMilliseconds(order.WindowMs * JitterPart);
        await DelayAsync(settings.RandomPart(most < MostJitter ? most : MostJitter)).ConfigureAwait(false);
        while (true)
        {
            var reached = await TryAsync(named).ConfigureAwait(false) ?? await ReachElsewhereAsync().ConfigureAwait(false);
            if (reached is not null || IsOver)
            {
                return reached;
            }

            await DelayAsync(Jittered(RetryPause)).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// No place was named: the configured one again at half the time, and earlier as soon as its name resolves to another address.
    /// </summary>
    private async Task<GreetedLink?> ReachAgainAsync()
    {
        var half = order.ReceivedMs + (order.WindowMs / 2);
        while (true)
        {
            if (await ReachElsewhereAsync().ConfigureAwait(false) is { } moved)
            {
                return moved;
            }

            var now = logical.NowMs;
            if (now >= half)
            {
                if (await TryAsync(logical.Book.Configured[0]).ConfigureAwait(false) is { } again)
                {
                    return again;
                }

                if (IsOver)
                {
                    return null;
                }

                await DelayAsync(Jittered(RetryPause)).ConfigureAwait(false);
            }
            else
            {
                var untilHalf = TimeSpan.FromMilliseconds(half - now);
                await DelayAsync(untilHalf < settings.Maintenance.DnsPoll ? untilHalf : settings.Maintenance.DnsPoll).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The configured name's addresses other than the one that is being left.</summary>
    private async Task<GreetedLink?> ReachElsewhereAsync()
    {
        var place = logical.Book.Configured[0];
        if (left is not IPEndPoint remote || place.IsUnixSocket)
        {
            return null;
        }

        IPAddress[] addresses;
        try
        {
            addresses = await connector.ResolveAsync(place, order.Token).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // A name that does not resolve names no other address.
            return null;
        }

        foreach (var address in addresses.Where(address => !address.Equals(remote.Address) || place.Port != remote.Port))
        {
            if (await TryAsync(new RedisEndpoint(address.ToString(), place.Port)).ConfigureAwait(false) is { } reached)
            {
                return reached;
            }
        }

        return null;
    }

    private Task<GreetedLink?> TryAsync(RedisEndpoint place)
    {
        var remaining = TimeSpan.FromMilliseconds(Math.Max(1, order.DeadlineMs - logical.NowMs));
        var limit = settings.Maintenance.HandoffTimeout;
        return attempt(place, remaining < limit ? remaining : limit);
    }

    private TimeSpan Jittered(TimeSpan pause) => (pause / 2) + settings.RandomPart(pause);

    private Task DelayAsync(TimeSpan pause) => pause <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(pause, settings.Time, order.Token);
}
