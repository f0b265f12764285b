using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy;

/// <summary>
/// Clients of a database that have not given its password yet. They keep no place from who comes: where one is needed, the address that has most of
/// them gives up the one that has been there longest. Thread-safe.
/// </summary>
internal sealed class UnauthenticatedClients
{
    /// <summary>So many at the same time; for one more another goes. As many as a plain server has clients.</summary>
    internal const int Most = 10_000;

    /// <summary>How long one may stay.</summary>
    internal const int LimitMs = 60_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedList<(string Address, ClientSession Session)>> _byAddress = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>One has come, or has lost its rights.</summary>
    public void Add(ClientSession session)
    {
        string address = PeerAddress.Of(session.RemoteAddress);
        lock (_gate)
        {
            if (!_byAddress.TryGetValue(address, out LinkedList<(string Address, ClientSession Session)>? others))
            {
                _byAddress[address] = others = new LinkedList<(string Address, ClientSession Session)>();
            }

            session.UnauthenticatedPlace = others.AddLast((address, session));
            _count++;
        }

        if (_count > Most)
        {
            TryDisplace();
        }
    }

    /// <summary>One has given the password, or has gone.</summary>
    public void Remove(ClientSession session)
    {
        lock (_gate)
        {
            if (session.UnauthenticatedPlace is { List: { } others } place)
            {
                others.Remove(place);
                _count--;
                if (others.Count == 0)
                {
                    _byAddress.Remove(place.Value.Address);
                }
            }
        }
    }

    /// <summary>Another needs a place. False: there are none.</summary>
    public bool TryDisplace()
    {
        ClientSession leaving;
        lock (_gate)
        {
            if (_count == 0)
            {
                return false;
            }

            leaving = _byAddress.Values.MaxBy(static others => others.Count)!.First!.Value.Session;
            Remove(leaving);
        }

        leaving.Loop.Io.Post(leaving.CloseUnauthenticated);
        return true;
    }
}
