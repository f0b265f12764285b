using System.Collections.Concurrent;
using System.Net;

namespace Baton.Client.Tests.Kit;

/// <summary>An address of the network in memory, and who listens there.</summary>
internal sealed class Place(MemoryNetwork network, IPEndPoint address)
{
    private readonly ConcurrentQueue<ServerConnection> _connections = new();

    /// <summary>The network.</summary>
    public MemoryNetwork Network { get; } = network;

    /// <summary>The address.</summary>
    public IPEndPoint Address { get; } = address;

    /// <summary>How it takes connections.</summary>
    public PlaceMode Mode { get; set; } = PlaceMode.Serving;

    /// <summary>From a command's way out to its reply's arrival; half of it each way. For connections made from now on, and those that are there.</summary>
    public TimeSpan RoundTrip
    {
        get;
        set
        {
            field = value;
            foreach (var connection in _connections)
            {
                SetDelay(connection);
            }
        }
    }

    /// <summary>Gives the reply to a command; null for none (a test replies, or nobody).</summary>
    public Func<ServerConnection, string[], string?> Answer { get; set; } = static (_, _) => null;

    /// <summary>Called for each connection before its first byte.</summary>
    public Action<ServerConnection>? Accepting { get; set; }

    /// <summary>All connections there ever were, in order.</summary>
    public IReadOnlyList<ServerConnection> Connections => [.. _connections];

    /// <summary>Those that are open.</summary>
    public IReadOnlyList<ServerConnection> Open => [.. _connections.Where(static connection => !connection.IsClosed)];

    /// <summary>The newest.</summary>
    public ServerConnection Newest => _connections.Last();

    /// <summary>Attempts to connect, successful or not.</summary>
    public int Dials { get; set; }

    /// <summary>Where the client is told to go.</summary>
    public RedisEndpoint Endpoint => new(Address.Address.ToString(), Address.Port);

    /// <summary>Pushes to everybody who has opted in.</summary>
    public void Announce(string frame)
    {
        foreach (var connection in Open.Where(static connection => connection.HasOptedIn))
        {
            connection.Push(frame);
        }
    }

    /// <summary>Runs commands, and keeps their replies back, or lets them go.</summary>
    public void Stall(bool isStalled)
    {
        foreach (var connection in Open)
        {
            connection.HoldsReplies = isStalled;
        }
    }

    /// <summary>Closes every connection and takes no more.</summary>
    public void Leave()
    {
        Mode = PlaceMode.Refusing;
        CloseAll();
    }

    /// <summary>Closes every connection.</summary>
    public void CloseAll()
    {
        foreach (var connection in Open)
        {
            connection.Close();
        }
    }

    /// <summary>Takes a connection.</summary>
    public ServerConnection Accept()
    {
        var connection = new ServerConnection(this, Network.Time);
        SetDelay(connection);
        Accepting?.Invoke(connection);
        _connections.Enqueue(connection);
        return connection;
    }

    private void SetDelay(ServerConnection connection)
    {
        connection.Transport.ToServer.Delay = RoundTrip / 2;
        connection.ToClient.Delay = RoundTrip / 2;
    }
}
