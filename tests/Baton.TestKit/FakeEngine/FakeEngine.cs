using System.Net;
using Baton.Server.Proxy.Io;
using Baton.TestKit.Memory;

namespace Baton.TestKit.FakeEngine;

/// <summary>
/// A small engine in memory behind a <see cref="MemoryDriver"/>: strings, lists, blocking pops, transactions, WATCH, publish/subscribe, scripts by name
/// only. Speaks with the repository's own reader and writer and executes as Redis would, one command after the other.
/// </summary>
public sealed class FakeEngine : IDisposable
{
    private readonly IListener _listener;
    private long _nextId;
    private long _blockOrder;

    /// <summary>Starts to listen on any free address.</summary>
    public FakeEngine(MemoryDriver driver, FakeStore? store = null, string secret = "")
    {
        (Driver, Store, Secret) = (driver, store ?? new FakeStore(), secret);
        Tracking = new FakeTracking(this);
        _listener = driver.Serve(new IPEndPoint(IPAddress.Loopback, 0), (_, connection) =>
        {
            FakeConnection made = new(this, connection, ++_nextId);
            Connections.Add(made);
            return made;
        });
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => _listener.Address;

    /// <summary>Its data.</summary>
    public FakeStore Store { get; }

    /// <summary>Scripts loaded, by body.</summary>
    public HashSet<string> Scripts { get; } = [];

    /// <summary>CONFIG SET, by name; the value <c>bad</c> is refused.</summary>
    public Dictionary<string, string> Configuration { get; } =
        new() { ["port"] = "7000", ["maxmemory"] = "100", ["requirepass"] = "secret", ["timeout"] = "0" };

    /// <summary>Writes get an error: the old master after its fence.</summary>
    public bool IsFenced { get; set; }

    /// <summary>How many replicas acknowledge every write at once: what WAIT answers; asked for more, it waits.</summary>
    public int Acknowledging { get; set; }

    /// <summary>Hears what is published here, too, as a Redis replica does; null = nobody.</summary>
    public FakeEngine? Replica { get; set; }

    /// <summary>CLIENT LIST shows a blocked command so late: an engine that has much to do.</summary>
    public int ShowsBlockedAfterMs { get; set; }

    /// <summary>Every command received, as text, in order.</summary>
    public List<string> Received { get; } = [];

    /// <summary>What it answers, byte for byte, to a command written as text in upper case; before anything else it knows.</summary>
    public Dictionary<string, string> Answers { get; } = [];

    /// <summary>Function libraries, by name: FUNCTION LOAD's source is the name.</summary>
    public HashSet<string> Functions { get; } = [];

    internal FakeTracking Tracking { get; }

    internal MemoryDriver Driver { get; }

    internal string Secret { get; }

    internal List<FakeConnection> Connections { get; } = [];

    /// <summary>Live connections.</summary>
    public int ConnectionCount => Connections.Count;

    /// <summary>Connections with a blocked command.</summary>
    public int BlockedCount => Connections.Count(static connection => connection.IsBlocked);

    /// <summary>Cuts every connection, as a crash does.</summary>
    public void CutAll()
    {
        foreach (FakeConnection connection in Connections.ToArray())
        {
            connection.Cut();
        }
    }

    /// <summary>Cuts the connections that track.</summary>
    public void CutTracking() => Tracking.Cut();

    /// <summary>An odd path: every connection has come to stand in another database.</summary>
    public void Confuse(int database) => Connections.ForEach(connection => connection.Database = database);

    /// <summary>Holds back every reply until called with false: a master that stalls.</summary>
    public void Stall(bool on)
    {
        foreach (FakeConnection connection in Connections)
        {
            connection.Stall(on);
        }
    }

    /// <summary>Holds back the replies to blocked commands only, until <see cref="Stall"/> is called with false.</summary>
    public void StallBlocked()
    {
        foreach (FakeConnection connection in Connections.Where(static each => each.IsBlocked))
        {
            connection.Stall(true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    /// <summary>Tells all who listen; returns how often, replicas not counted.</summary>
    internal int Publish(string channel, string message, bool sharded)
    {
        int told = Connections.ToArray().Sum(each => each.Deliver(channel, message, sharded));
        Replica?.Publish(channel, message, sharded);
        return told;
    }

    internal long NextBlockOrder() => ++_blockOrder;

    /// <summary>Gives waiting BLPOPs what has come, the longest waiting first.</summary>
    internal void ServeBlocked()
    {
        foreach (FakeConnection connection in Connections.Where(static each => each.IsBlocked).OrderBy(static each => each.BlockedSince).ToArray())
        {
            connection.TryServe();
        }
    }
}
