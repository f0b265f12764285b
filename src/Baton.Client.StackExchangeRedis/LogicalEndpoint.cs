using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Baton.Client.StackExchangeRedis;

/// <summary>A place as StackExchange.Redis knows it, and what was learnt about where its server is now. Thread-safe.</summary>
internal sealed class LogicalEndpoint
{
    private readonly Lock _gate = new();
    private readonly CoarseClock _clock;
    private EndpointBook _book;
    private RedisEndpoint? _silent;
    private long _lastId;

    public LogicalEndpoint(EndPoint endpoint, HandoffSettings settings)
    {
        EndPoint = endpoint;
        _clock = new CoarseClock(settings.Time);
        _book = new EndpointBook([Place(endpoint)]);
    }

    /// <summary>As StackExchange.Redis says.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>Milliseconds since it was first connected to.</summary>
    public long NowMs => _clock.PreciseMs;

    /// <summary>Where to connect.</summary>
    public EndpointBook Book => Volatile.Read(ref _book);

    /// <summary>The next number for a connection.</summary>
    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Changes what is known of places.</summary>
    public void Learn(Func<EndpointBook, EndpointBook> change)
    {
        lock (_gate)
        {
            _book = change(_book);
        }
    }

    /// <summary>A place has taken a connection and not answered: the next attempt begins with another one, if there is one.</summary>
    public void NoteSilent(RedisEndpoint silent) => Volatile.Write(ref _silent, silent);

    /// <summary>What to try, best first, each once.</summary>
    public ImmutableArray<RedisEndpoint> Candidates()
    {
        var places = Book.Candidates(NowMs);
        return Interlocked.Exchange(ref _silent, null) is { } silent && places.Contains(silent) ? places.Remove(silent).Add(silent) : places;
    }

    private static RedisEndpoint Place(EndPoint endpoint) => endpoint switch
    {
        DnsEndPoint name => new RedisEndpoint(name.Host, name.Port),
        IPEndPoint address => new RedisEndpoint(RedisEndpoint.Normalize(address.Address).ToString(), address.Port),
        UnixDomainSocketEndPoint path => new RedisEndpoint(path.ToString(), 0),
        _ => throw new NotSupportedException($"Baton's handoffs cannot connect to an endpoint of the type {endpoint.GetType().Name}."),
    };
}
