using System.Collections.Immutable;

namespace Baton.Client;

/// <summary>
/// Which places to try for a connection, in which order. Immutable and pure. A place named by MOVING comes first while its window lasts and is not
/// kept for ever (addresses are used again); the last place that served is remembered, so that a client whose configured address is gone finds
/// its server again.
/// </summary>
/// <remarks>
/// <code>
/// configured   during a MOVING window                  later
/// address      named place, last good, configured      last good, configured
/// name         named place, configured, last good      configured, last good (a name says where the server is now)
/// </code>
/// </remarks>
internal sealed record EndpointBook
{
    /// <summary>Starts with the configured places.</summary>
    public EndpointBook(IEnumerable<RedisEndpoint> configured) => Configured = [.. configured];

    /// <summary>As configured.</summary>
    public ImmutableArray<RedisEndpoint> Configured { get; }

    /// <summary>Named by the newest MOVING.</summary>
    public RedisEndpoint? Named { get; private init; }

    /// <summary>Until when it counts.</summary>
    public long NamedUntilMs { get; private init; }

    /// <summary>Where the last connection that served leads.</summary>
    public RedisEndpoint? LastGood { get; private init; }

    /// <summary>A MOVING named a place.</summary>
    public EndpointBook WithNamed(RedisEndpoint named, long untilMs) => this with { Named = named, NamedUntilMs = untilMs };

    /// <summary>A connection has been greeted there.</summary>
    public EndpointBook WithGood(RedisEndpoint good) => LastGood == good ? this : this with { LastGood = good };

    /// <summary>What to try, best first, each once.</summary>
    public ImmutableArray<RedisEndpoint> Candidates(long nowMs)
    {
        var places = new List<RedisEndpoint>();
        if (Named is not null && nowMs < NamedUntilMs)
        {
            places.Add(Named);
        }

        var isAddress = Configured[0].Address is not null;
        if (isAddress && LastGood is not null)
        {
            places.Add(LastGood);
        }

        places.AddRange(Configured);
        if (!isAddress && LastGood is not null)
        {
            places.Add(LastGood);
        }

        return [.. places.Distinct()];
    }
}
