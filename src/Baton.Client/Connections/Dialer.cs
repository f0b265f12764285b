using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>Makes greeted connections. Thread-safe.</summary>
internal sealed class Dialer(RedisClientOptions options, CoarseClock clock)
{
    private readonly RespLimits _limits = RespLimits.Default with { MaxBulkLength = options.MaxReplyBytes };
    private long _lastId;

    /// <summary>The addresses of a place now; none for a unix socket.</summary>
    /// <exception cref="SocketException">The name does not resolve.</exception>
    public async Task<IPAddress[]> ResolveAsync(RedisEndpoint place, CancellationToken cancellationToken) =>
        place.IsUnixSocket ? []
        : place.Address is { } address ? [address]
        : await options.Transports.ResolveAsync(place.Host, cancellationToken).ConfigureAwait(false);

    /// <summary>Connects and greets. A name with several addresses is tried address by address.</summary>
    /// <exception cref="RedisConnectFailedException">It cannot be done within <paramref name="limit"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<RedisConnection> ConnectAsync(
        RedisEndpoint place, IConnectionOwner owner, SessionState session, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            EndPoint[] targets = place.IsUnixSocket
                ? [new UnixDomainSocketEndPoint(place.Host)]
                : [.. (await ResolveAsync(place, both.Token).ConfigureAwait(false)).Select(address => new IPEndPoint(address, place.Port))];
            return targets.Length == 0
                ? throw new SocketException((int)SocketError.HostNotFound)
                : await ConnectFirstAsync(place, targets, owner, session, limit, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(place, ConnectFailedReason.TimedOut, $"it took longer than {limit.TotalMilliseconds:0} ms", e);
        }
        catch (SocketException e)
        {
            throw Failed(place, ConnectFailedReason.NameNotResolved, "the name does not resolve", e);
        }
    }

    /// <summary>Connects to the first of the places that works, trying each once.</summary>
    /// <exception cref="RedisConnectFailedException">None works; the text has them all.</exception>
    public async Task<RedisConnection> ConnectAnyAsync(
        IEnumerable<RedisEndpoint> places, IConnectionOwner owner, SessionState session, CancellationToken cancellationToken)
    {
        List<RedisConnectFailedException>? failures = null;
        foreach (var place in places)
        {
            try
            {
                return await ConnectAsync(place, owner, session, options.ConnectTimeout, cancellationToken).ConfigureAwait(false);
            }
            catch (RedisConnectFailedException e)
            {
                (failures ??= []).Add(e);
            }
        }

        var last = failures![^1];
        throw failures.Count == 1 ? last
            : new RedisConnectFailedException(last.FailedReason, string.Join(' ', failures.Select(static failure => failure.Message)), last);
    }

    /// <summary>Each address has its share of the time, so that one that swallows packets does not keep the others from being tried.</summary>
    private async Task<RedisConnection> ConnectFirstAsync(
        RedisEndpoint place, EndPoint[] targets, IConnectionOwner owner, SessionState session, TimeSpan limit, CancellationToken cancellationToken)
    {
        for (var index = 0; index + 1 < targets.Length; index++)
        {
            using var share = new CancellationTokenSource(limit / targets.Length, options.TimeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(share.Token, cancellationToken);
            try
            {
                return await ConnectOneAsync(place, targets[index], owner, session, either.Token).ConfigureAwait(false);
            }
            catch (RedisConnectFailedException)
            {
                // The next address of the name; the last one's error is the one that is told.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Its share is over.
            }
        }

        return await ConnectOneAsync(place, targets[^1], owner, session, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RedisConnection> ConnectOneAsync(
        RedisEndpoint place, EndPoint target, IConnectionOwner owner, SessionState session, CancellationToken cancellationToken)
    {
        RedisConnection? connection = null;
        try
        {
            var transport = await (owner.IsShared
                ? options.Transports.ConnectSharedAsync(target, options.Tls, ServerName(place), cancellationToken)
                : options.Transports.ConnectAsync(target, options.Tls, ServerName(place), cancellationToken)).ConfigureAwait(false);
            connection = new RedisConnection(Interlocked.Increment(ref _lastId), transport, owner, clock, _limits) { Endpoint = place, Session = session };
            await using var abort = cancellationToken.UnsafeRegister(
                static state => ((RedisConnection)state!).Close(CloseReason.ConnectFailed), connection).ConfigureAwait(false);
            var greeting = Handshake.RunAsync(connection, options, session);

            // Only now: a server that is full says so at once, and what it says is the answer to the greeting.
            connection.Start();
            connection.Greeting = await greeting.ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return connection;
        }
        catch (Exception e)
        {
            connection?.Close(CloseReason.ConnectFailed, e);
            cancellationToken.ThrowIfCancellationRequested();
            throw e switch
            {
                RedisConnectFailedException => e,
                AuthenticationException => Failed(place, ConnectFailedReason.TlsFailed, $"TLS failed: {e.Message}", e),
                RedisConnectionException { Reason: CloseReason.ProtocolError } => Failed(
                    place, ConnectFailedReason.ProtocolError, "the other side does not speak Redis' protocol", e),
                RedisConnectionException => Failed(place, ConnectFailedReason.Refused, "the connection ended during the greeting", e),
                SocketException => Failed(place, ConnectFailedReason.Unreachable, e.Message, e),
                _ => Failed(place, ConnectFailedReason.Unreachable, e.Message, e),
            };
        }
    }

    /// <summary>The certificate must be for the host that was configured, wherever a handoff leads.</summary>
    private string ServerName(RedisEndpoint place) => options.Endpoints.Contains(place) ? place.Host : options.Endpoints[0].Host;

    private static RedisConnectFailedException Failed(RedisEndpoint place, ConnectFailedReason reason, string what, Exception inner) =>
        new(reason, $"No connection to {place}: {what}.", inner);
}
