using System.Net;
using System.Net.Sockets;

namespace Baton.Client;

/// <summary>Reaches the place a MOVING leads to, by whatever way works, while the old connection serves on.</summary>
/// <param name="around">What is known of the world.</param>
/// <param name="order">The MOVING.</param>
/// <param name="left">The address that is being left; null when it has none.</param>
/// <param name="attempt">Connects and greets within the time given; null when it cannot be done.</param>
/// <typeparam name="T">A greeted connection.</typeparam>
internal sealed class HandoffRoute<T>(
    IHandoffSurroundings around, HandoffOrder order, EndPoint? left, Func<RedisEndpoint, TimeSpan, Task<T?>> attempt)
    where T : class
{
    /// <summary>Connections of many clients do not come all at once: each waits a random part of this part of the window ...</summary>
    private const double JitterPart = 0.1;

    /// <summary>... and at most this.</summary>
    private static readonly TimeSpan MostJitter = TimeSpan.FromSeconds(1);

    /// <summary>Between attempts while the old connection serves, give or take half.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    /// <summary>True when the announced time is over.</summary>
    public bool IsOver => around.NowMs >= order.DeadlineMs;

    /// <summary>A greeted connection; null when time is over.</summary>
    /// <exception cref="OperationCanceledException">A newer MOVING counts, or what moves is gone.</exception>
    public Task<T?> ReachAsync() => order.Named is { } named ? ReachNamedAsync(named) : ReachAgainAsync();

    /// <summary>
    /// Where no place was named, the configured one may have led to the old address once more. Then its name is looked up until it leads elsewhere and
    /// that place takes the connection; null when time was over first, or it is not needed any more.
    /// </summary>
    /// <param name="reached">Where the connection that was made leads.</param>
    /// <param name="isNeeded">False when something else has become of that connection.</param>
    /// <exception cref="OperationCanceledException">A newer MOVING counts, or what moves is gone.</exception>
    public async Task<T?> FollowNameAsync(EndPoint? reached, Func<bool> isNeeded)
    {
        if (order.Named is not null || reached is not IPEndPoint || !reached.Equals(left))
        {
            return null;
        }

        while (!IsOver && isNeeded())
        {
            await DelayAsync(around.HandoffOptions.DnsPoll).ConfigureAwait(false);
            if (await ReachElsewhereAsync().ConfigureAwait(false) is { } moved)
            {
                return moved;
            }
        }

        return null;
    }

    /// <summary>The named place; while it cannot be reached, another address of a configured name.</summary>
    private async Task<T?> ReachNamedAsync(RedisEndpoint named)
    {
        var most = TimeSpan.FromMilliseconds(order.WindowMs * JitterPart);
        await DelayAsync(around.RandomPart(most < MostJitter ? most : MostJitter)).ConfigureAwait(false);
        while (true)
        {
            var reached = await TryAsync(named).ConfigureAwait(false) ?? await ReachElsewhereAsync().ConfigureAwait(false);
            if (reached is not null || IsOver)
            {
                return reached;
            }

            await DelayAsync(BeforeRetry()).ConfigureAwait(false);
        }
    }

    /// <summary>No place was named: a configured one again at half the time, and earlier as soon as its name resolves to another address.</summary>
    private async Task<T?> ReachAgainAsync()
    {
        var half = order.ReceivedMs + (order.WindowMs / 2);
        while (true)
        {
            if (await ReachElsewhereAsync().ConfigureAwait(false) is { } moved)
            {
                return moved;
            }

            var now = around.NowMs;
            if (now >= half)
            {
                var again = await ReachConfiguredAsync().ConfigureAwait(false);
                if (again is not null || IsOver)
                {
                    return again;
                }

                await DelayAsync(BeforeRetry()).ConfigureAwait(false);
            }
            else
            {
                var untilHalf = TimeSpan.FromMilliseconds(half - now);
                await DelayAsync(untilHalf < around.HandoffOptions.DnsPoll ? untilHalf : around.HandoffOptions.DnsPoll).ConfigureAwait(false);
            }
        }
    }

    private async Task<T?> ReachConfiguredAsync()
    {
        foreach (var place in around.Book.Configured)
        {
            if (await TryAsync(place).ConfigureAwait(false) is { } reached)
            {
                return reached;
            }
        }

        return null;
    }

    /// <summary>The configured names' addresses other than the one that is being left.</summary>
    private async Task<T?> ReachElsewhereAsync()
    {
        if (left is not IPEndPoint remote)
        {
            return null;
        }

        foreach (var place in around.Book.Configured.Where(static place => !place.IsUnixSocket))
        {
            foreach (var address in await AddressesAsync(place).ConfigureAwait(false))
            {
                var isLeft = address.Equals(remote.Address) && place.Port == remote.Port;
                if (!isLeft && await TryAsync(new RedisEndpoint(address.ToString(), place.Port)).ConfigureAwait(false) is { } reached)
                {
                    return reached;
                }
            }
        }

        return null;
    }

    private async Task<IPAddress[]> AddressesAsync(RedisEndpoint place)
    {
        try
        {
            return await around.ResolveAsync(place, order.Token).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // A name that does not resolve names no other address.
            return [];
        }
    }

    private Task<T?> TryAsync(RedisEndpoint place)
    {
        var remaining = TimeSpan.FromMilliseconds(Math.Max(1, order.DeadlineMs - around.NowMs));
        var limit = around.HandoffOptions.HandoffTimeout;
        return attempt(place, remaining < limit ? remaining : limit);
    }

    private TimeSpan BeforeRetry() => (RetryPause / 2) + around.RandomPart(RetryPause);

    private Task DelayAsync(TimeSpan pause) => pause <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(pause, around.Time, order.Token);
}
