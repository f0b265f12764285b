using System.Net;
using Baton.Server.Proxy.Io;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Baton.Server.Rest;

/// <summary>The REST API: Kestrel with TLS, Basic authentication, and one class per resource. Disposing stops it, bounded.</summary>
internal sealed class RestServer : IAsyncDisposable
{
    private const string TurnItem = "baton.handshake";

    private readonly WebApplication _app;
    private readonly TimeProvider _clock;

    private RestServer(WebApplication app, IPEndPoint address, TimeProvider clock) => (_app, Address, _clock) = (app, address, clock);

    /// <summary>The first address it listens on, with the port that was chosen.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Listens; completes when requests are accepted.</summary>
    /// <exception cref="IOException">The address is taken or not allowed.</exception>
    public static async Task<RestServer> StartAsync(RestServerOptions options, RestServices services, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, options, services));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = RestLimits.StopTimeout);
        var app = builder.Build();
        try
        {
            app.Use(next => new RestPipeline(services, next).InvokeAsync);
            MapResources(app, services);
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            return new RestServer(app, BoundAddress(app), services.Clock);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(RestLimits.StopTimeout, _clock);
        try
        {
            await _app.StopAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Requests that did not end in time are cut by DisposeAsync.
        }

        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static void Configure(KestrelServerOptions kestrel, RestServerOptions options, RestServices services)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 2 * RestLimits.MaxConnections; // The room has less; this is the net below it.
        kestrel.Limits.MaxRequestHeadersTotalSize = RestLimits.MaxHeaderBytes;
        kestrel.Limits.RequestHeadersTimeout = RestLimits.HeadersTimeout;
        kestrel.Limits.KeepAliveTimeout = RestLimits.KeepAlive;

        // JsonBody counts the bytes itself, to answer with a body of its own; this is the net below it.
        kestrel.Limits.MaxRequestBodySize = 2 * RestLimits.MaxBodyBytes;
        foreach (var endpoint in options.Endpoints)
        {
            kestrel.Listen(endpoint, listen =>
            {
                // One request at a time and connection: streams that are reset as fast as they are opened would cost the data path its processor.
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection => EnterAsync(services, connection, next));
                listen.UseHttps(options.Certificate, https => https.HandshakeTimeout = RestLimits.HeadersTimeout);
                listen.Use(next => connection =>
                {
                    (connection.Items[TurnItem] as IDisposable)?.Dispose(); // The handshake is done.
                    return next(connection);
                });
            });
        }
    }

    /// <summary>Before the TLS handshake, which is what costs.</summary>
    private static async Task EnterAsync(RestServices services, ConnectionContext connection, ConnectionDelegate next)
    {
        var address = PeerAddress.Of(connection.RemoteEndPoint);
        if (!services.Room.TryEnter(connection.ConnectionId, address, connection.Abort))
        {
            connection.Abort();
            return;
        }

        try
        {
            if (await HasSaidSomethingAsync(connection, services.Clock).ConfigureAwait(false))
            {
                using var turn = await services.Handshakes.TakeAsync(address, connection.ConnectionClosed).ConfigureAwait(false);
                connection.Items[TurnItem] = turn;
                await next(connection).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // It has gone, or did not begin in time.
        }
        finally
        {
            services.Room.Leave(connection.ConnectionId);
        }
    }

    /// <summary>A peer that is silent takes no turn from others. What it says is left for the handshake.</summary>
    private static async Task<bool> HasSaidSomethingAsync(ConnectionContext connection, TimeProvider clock)
    {
        using var limit = new CancellationTokenSource(RestLimits.HeadersTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed);
        var first = await connection.Transport.Input.ReadAsync(either.Token).ConfigureAwait(false);
        connection.Transport.Input.AdvanceTo(first.Buffer.Start);
        return !first.Buffer.IsEmpty;
    }

    private static void MapResources(WebApplication app, RestServices services)
    {
        new ClusterResource(services).Map(app);
        new DatabasesResource(services).Map(app);
        new NodesResource(services).Map(app);
        new ShardsResource(services).Map(app);
        new ActionsResource(services).Map(app);
        new EndpointsResource(services).Map(app);
        new UsersResource(services).Map(app);
        new StatisticsResource(services).Map(app);
    }

    private static IPEndPoint BoundAddress(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var uri = new Uri(addresses.First());
        return new IPEndPoint(IPAddress.Parse(uri.Host.Trim('[', ']')), uri.Port);
    }
}
