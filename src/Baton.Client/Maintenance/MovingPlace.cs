using System.Net;
using Baton.Protocol.Maintenance;
using Microsoft.Extensions.Logging;

namespace Baton.Client;

/// <summary>What the place a MOVING names is to this process.</summary>
internal static class MovingPlace
{
    /// <summary>The place, as the application wants it reached; null when none is named, or the application cannot say how.</summary>
    public static RedisEndpoint? Of(ReceivedNotification moving, MaintenanceOptions options, ILogger log)
    {
        if (moving.Target is not { } target)
        {
            return null;
        }

        var named = new RedisEndpoint(target.Host, target.Port);
        try
        {
            return options.MapEndpoint is { } map ? map(named) : named;
        }
        catch (Exception e)
        {
            // The application's mistake must not end the connection whose reader this is: as if no place had been named.
            ClientLog.MappingFailed(log, named, e);
            return null;
        }
    }

    /// <summary>True when a connection with this remote end is there already.</summary>
    public static bool IsHere(MovingAddress? target, EndPoint? remote) =>
        target is not null && remote is IPEndPoint here && here.Port == target.Port
        && new RedisEndpoint(target.Host, target.Port).Address is { } address && address.Equals(here.Address);
}
