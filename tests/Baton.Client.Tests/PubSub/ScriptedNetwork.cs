using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace Baton.Client.Tests.PubSub;

/// <summary>Servers in memory by address, and names that can move. Everything on the servers' side happens under one lock.</summary>
internal sealed class ScriptedNetwork : ITransportFactory
{
    public const int Port = 6379;

    private readonly ConcurrentDictionary<string, ScriptedServer> _servers = new();

    /// <summary>The servers' lock.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The client's clock.</summary>
    public FakeTimeProvider Time { get; } = new();

    /// <summary>Where names lead.</summary>
    public ConcurrentDictionary<string, string> Names { get; } = new();

    /// <summary>The server at an address, made when it is not there.</summary>
    public ScriptedServer At(string address) => _servers.GetOrAdd(address, _ => new ScriptedServer(this, address));

    /// <summary>Publishes on all servers at the same moment.</summary>
    public void Publish(string channel, string payload)
    {
        lock (Gate)
        {
            foreach (var server in _servers.Values)
            {
                server.Publish(channel, payload);
            }
        }
    }

    /// <summary>A client of the server at the first address, or of a name.</summary>
    public Task<RedisClient> ConnectAsync(string host = "10.0.0.1", Func<RedisClientOptions, RedisClientOptions>? change = null)
    {
        var options = new RedisClientOptions { Endpoints = [new RedisEndpoint(host, Port)], Transports = this, TimeProvider = Time, Seed = 1 };
        return RedisClient.ConnectAsync(change?.Invoke(options) ?? options);
    }

    /// <inheritdoc/>
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        Names.TryGetValue(host, out var address)
            ? Task.FromResult<IPAddress[]>([IPAddress.Parse(address)])
            : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));

    /// <inheritdoc/>
    public Task<ITransport> ConnectAsync(EndPoint endpoint, RedisTlsOptions? tls, string serverName, CancellationToken cancellationToken) =>
        _servers.TryGetValue(((IPEndPoint)endpoint).Address.ToString(), out var server) && !server.IsAway
            ? Task.FromResult<ITransport>(server.Accept())
            : Task.FromException<ITransport>(new SocketException((int)SocketError.ConnectionRefused));
}
