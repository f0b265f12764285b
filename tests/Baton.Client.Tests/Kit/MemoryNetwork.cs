using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Baton.Client.Tests.Kit;

/// <summary>A network in memory, with places and names, on the test's clock.</summary>
internal sealed class MemoryNetwork(TimeProvider time) : ITransportFactory
{
    private readonly ConcurrentDictionary<IPEndPoint, Place> _places = new();
    private readonly ConcurrentDictionary<string, IPAddress[]> _names = new();
    private readonly ConcurrentQueue<string> _serverNames = new();
    private readonly long _start = time.GetTimestamp();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>The time since the beginning.</summary>
    public TimeSpan Now => Time.GetElapsedTime(_start);

    /// <summary>Names looked up so far.</summary>
    public int Lookups { get; private set; }

    /// <summary>Which name each connection's certificate had to be for, in order.</summary>
    public IReadOnlyList<string> ServerNames => [.. _serverNames];

    /// <summary>All open connections.</summary>
    public IEnumerable<ServerConnection> Open => _places.Values.SelectMany(static place => place.Open);

    /// <summary>All connections there ever were.</summary>
    public IEnumerable<ServerConnection> Connections => _places.Values.SelectMany(static place => place.Connections);

    /// <summary>When set, connections have no address (a tunnel, a unix socket).</summary>
    public bool HidesAddresses { get; set; }

    /// <summary>Told of each connection's end, with the time.</summary>
    public Action<ServerConnection>? Closed { get; set; }

    /// <summary>The place at an address, made when it is not there.</summary>
    public Place At(string address, int port = 6379) =>
        _places.GetOrAdd(new IPEndPoint(IPAddress.Parse(address), port), key => new Place(this, key));

    /// <summary>A name leads to these addresses from now on; none: it does not resolve.</summary>
    public void Name(string name, params string[] addresses) => _names[name] = [.. addresses.Select(IPAddress.Parse)];

    /// <inheritdoc/>
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Lookups++;
        return _names.TryGetValue(host, out var addresses) && addresses.Length > 0
            ? Task.FromResult(addresses)
            : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
    }

    /// <inheritdoc/>
    public async Task<ITransport> ConnectAsync(EndPoint endpoint, RedisTlsOptions? tls, string serverName, CancellationToken cancellationToken)
    {
        _serverNames.Enqueue(serverName);
        if (!_places.TryGetValue((IPEndPoint)endpoint, out var place))
        {
            throw new SocketException((int)SocketError.HostUnreachable);
        }

        place.Dials++;
        if (place.Mode == PlaceMode.Unreachable)
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }

        if (place.RoundTrip > TimeSpan.Zero)
        {
            await new TaskCompletionSource().Task.WaitAsync(place.RoundTrip, Time, cancellationToken).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return place.Mode == PlaceMode.Refusing
            ? throw new SocketException((int)SocketError.ConnectionRefused)
            : new RemoteView(place.Accept().Transport, HidesAddresses);
    }

    /// <summary>A connection has ended.</summary>
    public void OnClosed(ServerConnection connection) => Closed?.Invoke(connection);

    /// <summary>The transport, with its address or without.</summary>
    private sealed class RemoteView(MemoryTransport transport, bool hidesAddress) : ITransport
    {
        public EndPoint? RemoteEndPoint => hidesAddress ? null : transport.RemoteEndPoint;

        public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => transport.ReceiveAsync(buffer);

        public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => transport.SendAsync(bytes);

        public void Abort() => transport.Abort();
    }
}
