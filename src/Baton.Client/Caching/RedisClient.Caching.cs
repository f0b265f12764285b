namespace Baton.Client;

/// <summary>Client-side caching.</summary>
public sealed partial class RedisClient
{
    private RedisCachedCommands? _cached;

    /// <summary>The same commands, with reads answered from memory where they can be; see <see cref="RedisClientOptions.Caching"/>.</summary>
    /// <exception cref="InvalidOperationException">The client was made without caching.</exception>
    public RedisCachedCommands Cached => _cached
        ?? throw new InvalidOperationException("The option Caching is not set: make the client with Caching = new RedisCachingOptions() to use Cached.");

    /// <summary>A read whose reply is to be kept.</summary>
    internal async ValueTask<T> SendCachedAsync<T>(
        RedisCachedCommands cached, CachedEntry entry, bool optsIn, ReplyReader<T> reader, CancellationToken cancellationToken)
    {
        var pending = new CachedReply<T>(cached.Cache, entry, optsIn, reader, _context);
        var reply = new ValueTask<T>(pending, pending.Version);
        pending.CancelWith(_slot.Outbox, cancellationToken);
        if (CommandObserver.IsNeeded)
        {
            _context.Observer.Begin(pending, entry.Command);
        }


        // In one piece, so that nobody's command comes in between.
        _slot.Outbox.Append(pending, optsIn ? [.. TrackingFrames.CachingYes, .. entry.Command] : entry.Command);
        try
        {
            return await reply.ConfigureAwait(false);
        }
        catch
        {
            cached.Cache.Forget(entry);
            throw;
        }
    }

    private void SetUpCaching(RedisCachingOptions options)
    {
        _cached = new RedisCachedCommands(this, options);
        var cache = _cached.Cache;
        _slot.Session = _slot.Session with { Tracking = TrackingFrames.TurnOn(options), TrackingIsRequired = !options.PassThroughWhenUnsupported };
        _slot.OtherPush += (_, frame) => TrackingFrames.Apply(frame, cache);
        _slot.Disconnected += cache.OnEnded;
        _slot.Connected += connection =>
        {
            cache.Follow(connection.Greeting.Tracks ? connection : null);
            if (connection.State == ConnectionState.Closed)
            {
                cache.OnEnded(connection);
            }
            else if (!connection.Greeting.Tracks)
            {
                ClientLog.CachingUnavailable(_context.Log, connection.Id, connection.Greeting.TrackingRefusal ?? "");
            }
        };
    }
}
