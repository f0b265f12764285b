using System.Net;
using System.Net.Sockets;

namespace Baton.Client.StackExchangeRedis;

/// <summary>A place as StackExchange.Redis knows it, and what was learnt about where its server is now. Thread-safe.</summary>
internal sealed class LogicalEndpoint
{
    private readonly Lock _gate = new();
    private readonly CoarseClock _clock;
    private EndpointBook _book;
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

    /// <summary>A place takes connections and does not answer: what was learnt is forgotten, if it led there.</summary>
    public void Forget(RedisEndpoint silent) =>
        Learn(book => book.LastGood == silent || book.Named == silent ? new EndpointBook(book.Configured) : book);

    private static RedisEndpoint Place(EndPoint endpoint) => endpoint switch
    {
        DnsEndPoint name => new RedisEndpoint(name.Host, name.Port),
        IPEndPoint address => new RedisEndpoint(RedisEndpoint.Normalize(address.Address).ToString(), address.Port),
        UnixDomainSocketEndPoint path => new RedisEndpoint(path.ToString(), 0),
        _ => throw new NotSupportedException($"Baton's handoffs cannot connect to an endpoint of the type {endpoint.GetType().Name}."),
    };
}
