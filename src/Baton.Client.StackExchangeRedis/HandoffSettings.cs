using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Baton.Client.StackExchangeRedis;

/// <summary>What all connections of one configuration share.</summary>
/// <param name="Configuration">The user's options.</param>
/// <param name="Maintenance">How to move.</param>
internal sealed record HandoffSettings(ConfigurationOptions Configuration, MaintenanceOptions Maintenance)
{
    private readonly Lock _gate = new();

    /// <summary>The tunnel that was there before, which connects; null for plain sockets.</summary>
    public Tunnel? Inner { get; init; }

    /// <summary>TLS; null for none.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The resolver; tests move names.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = SocketTransportFactory.Instance.ResolveAsync;

    /// <summary>Source of jitter.</summary>
    public Random Random { get; init; } = new(RandomNumberGenerator.GetInt32(int.MaxValue));

    /// <summary>Log entries, where StackExchange.Redis writes its own.</summary>
    public ILogger Log { get; } =
        (Configuration.LoggerFactory ?? Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance).CreateLogger(LibraryInfo.Name);

    /// <summary>Whether connections of this configuration can move at all: what stands behind a sentinel is the sentinel's to say.</summary>
    public bool IsActive => Maintenance.Mode != MaintenanceMode.Disabled && string.IsNullOrEmpty(Configuration.ServiceName);

    /// <summary>A random part of the time given.</summary>
    public TimeSpan RandomPart(TimeSpan most)
    {
        lock (_gate)
        {
            return most * Random.NextDouble();
        }
    }

    /// <summary>
    /// What to ask for when StackExchange.Redis asks for <paramref name="asked"/>. It sees no socket, so that its own choice by address and TLS is
    /// always <c>none</c>; what the user has chosen there stays.
    /// </summary>
    public string? FormFor(EndPoint? remote, string? asked) =>
        Maintenance.EndpointForm != MovingEndpointForm.Auto ? MovingForm.Word(Maintenance.EndpointForm, remote, Tls is not null)
        : Configuration.MaintenanceMovingEndpointType == MaintenanceEndpointType.Auto ? MovingForm.Word(MovingEndpointForm.Auto, remote, Tls is not null)
        : asked;
}
