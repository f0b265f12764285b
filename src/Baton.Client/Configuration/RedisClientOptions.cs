using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Baton.Client;

/// <summary>
/// Everything a client can be told. Immutable: change it with <c>with</c>. Validated once, when a client is made of it; an error names the option.
/// </summary>
public sealed partial record RedisClientOptions
{
    /// <summary>DNS has no longer ones.</summary>
    private const int LongestName = 255;

    /// <summary>What every system can bind.</summary>
    private const int LongestSocketPath = 103;

    /// <summary>Timers can do no more.</summary>
    private static readonly TimeSpan LongestTime = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>Where to connect, in order of preference; all lead to the same database. Default: <c>localhost:6379</c>.</summary>
    public IReadOnlyList<RedisEndpoint> Endpoints { get; init; } = [new RedisEndpoint("localhost", RedisEndpoint.DefaultPort)];

    /// <summary>The user to authenticate as; null for the server's default user.</summary>
    public string? User { get; init; }

    /// <summary>The password; null to authenticate as nobody. Never shown in texts or logs.</summary>
    public string? Password { get; init; }

    /// <summary>The database number chosen on each connection. Default: 0.</summary>
    public int Database { get; init; }

    /// <summary>A name for the connections, as <c>CLIENT LIST</c> shows it; null for none.</summary>
    public string? ClientName { get; init; }

    /// <summary>TLS; null for none.</summary>
    public RedisTlsOptions? Tls { get; init; }

    /// <summary>The protocol. Default: RESP3, and RESP2 where the server has no <c>HELLO 3</c>.</summary>
    public RedisProtocol Protocol { get; init; } = RedisProtocol.Auto;

    /// <summary>How long connecting may take: name, TCP, TLS and greeting together. Default: 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a command may take, from the call to the reply, waiting for a connection included. <see cref="Timeout.InfiniteTimeSpan"/> for
    /// no limit. Default: 5 s. Noticed at most 100 ms late.
    /// </summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What a blocking command may take beyond the time it may wait on the server. Default: 5 s.</summary>
    public TimeSpan BlockingMargin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>An idle connection is asked whether it is there (PING) after so long. Zero to never ask. Default: 30 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause between attempts to connect again, for the first ten seconds (half of it to one and a half of it). Default: 50 ms.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>What that pause grows to afterwards. Default: 2 s.</summary>
    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Most bytes of commands that wait to be sent; beyond it commands fail at once, unsent. Default: 64 MiB.</summary>
    public long MaxBufferedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Longest string in a reply in bytes. Default: 512 MiB, Redis' own limit.</summary>
    public long MaxReplyBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Most connections for blocking commands and transactions with WATCH; more of them wait for a free one. Default: 64.</summary>
    public int MaxDedicatedConnections { get; init; } = 64;

    /// <summary>Smart client handoffs.</summary>
    public MaintenanceOptions Maintenance { get; init; } = new();

    /// <summary>Client-side caching, for <see cref="RedisClient.Cached"/>; null for none. Default: none.</summary>
    public RedisCachingOptions? Caching { get; init; }

    /// <summary>Where log entries go. Default: nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock. Default: the system's; tests pass their own.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How bytes travel; tests pass memory.</summary>
    internal ITransportFactory Transports { get; init; } = SocketTransportFactory.Instance;

    /// <summary>Seed of all jitter; null for one of the system's.</summary>
    internal int? Seed { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">One has a value it cannot have; the text names it and what it may be.</exception>
    public void Validate()
    {
        Check(Endpoints is { Count: > 0 }, nameof(Endpoints), "must name at least one place to connect to");
        foreach (var endpoint in Endpoints)
        {
            Check(endpoint.Host.Length > 0, nameof(Endpoints), "must not hold an empty host");
            Check(endpoint.IsUnixSocket || endpoint.Host.Length <= LongestName, nameof(Endpoints), $"has a host of more than {LongestName} characters");
            Check(
                !endpoint.IsUnixSocket || System.Text.Encoding.UTF8.GetByteCount(endpoint.Host) <= LongestSocketPath,
                nameof(Endpoints),
                $"has a socket's path of more than {LongestSocketPath} bytes");
            Check(
                endpoint.IsUnixSocket || endpoint.Port is >= 1 and <= 65535,
                nameof(Endpoints),
                $"has the port {endpoint.Port} for {endpoint.Host}: use 1 to 65535");
        }

        Check(Database is >= 0 and <= 65535, nameof(Database), "must be 0 to 65535");
        Check(User is null || Password is not null, nameof(Password), "is needed when User is given");
        Check(ClientName?.AsSpan().IndexOfAny(" \r\n") is null or < 0, nameof(ClientName), "must not hold blanks or line breaks");
        CheckPositive(ConnectTimeout, nameof(ConnectTimeout));
        CheckPositiveOrInfinite(CommandTimeout, nameof(CommandTimeout));
        CheckPositive(BlockingMargin, nameof(BlockingMargin));
        Check(KeepAlive >= TimeSpan.Zero && KeepAlive <= LongestTime, nameof(KeepAlive), "must be zero (never) or more, and at most 24 days");
        CheckPositive(ReconnectDelay, nameof(ReconnectDelay));
        CheckPositive(MaxReconnectDelay, nameof(MaxReconnectDelay));
        Check(MaxReconnectDelay >= ReconnectDelay, nameof(MaxReconnectDelay), "must not be less than ReconnectDelay");
        Check(MaxBufferedBytes > 0, nameof(MaxBufferedBytes), "must be more than zero");
        Check(MaxReplyBytes > 0, nameof(MaxReplyBytes), "must be more than zero");
        Check(MaxDedicatedConnections > 0, nameof(MaxDedicatedConnections), "must be at least 1");
        Check(
            Maintenance.Mode != MaintenanceMode.Enabled || Protocol != RedisProtocol.Resp2,
            nameof(Maintenance),
            "cannot be Enabled with Protocol Resp2: maintenance notifications need RESP3");
        Maintenance.Validate();
        Caching?.Validate();
        Check(
            Caching is null or { PassThroughWhenUnsupported: true } || Protocol != RedisProtocol.Resp2,
            nameof(Caching),
            "needs RESP3, and Protocol is Resp2: change one of them, or set Caching.PassThroughWhenUnsupported");
    }

    internal static void Check(bool holds, string option, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"The option {option} {rule}.", option);
        }
    }

    internal static void CheckPositive(TimeSpan value, string option) =>
        Check(value > TimeSpan.Zero && value <= LongestTime, option, "must be more than zero, and at most 24 days");

    internal static void CheckPositiveOrInfinite(TimeSpan value, string option) => Check(
        value == Timeout.InfiniteTimeSpan || (value > TimeSpan.Zero && value <= LongestTime),
        option,
        "must be more than zero, and at most 24 days, or infinite");

    /// <summary>For texts and logs: without secrets.</summary>
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("Endpoints = ").AppendJoin(", ", Endpoints).Append(", User = ").Append(User).Append(", Password = ")
            .Append(Password is null ? "none" : "***").Append(", Database = ").Append(Database).Append(", Tls = ").Append(Tls is not null);
        return true;
    }
}
