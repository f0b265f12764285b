namespace Baton.Client;

/// <summary>In which form the server shall name the place an endpoint moves to.</summary>
public enum MovingEndpointForm
{
    /// <summary>Names where TLS is used, addresses otherwise; internal where the connection's other side has a private address.</summary>
    Auto,

    /// <summary>An address inside the server's network.</summary>
    InternalIp,

    /// <summary>A name inside the server's network.</summary>
    InternalFqdn,

    /// <summary>An address as seen from outside.</summary>
    ExternalIp,

    /// <summary>A name as seen from outside.</summary>
    ExternalFqdn,

    /// <summary>None: the client connects again to the configured host, at half the announced time or when its name resolves elsewhere.</summary>
    None,

    /// <summary>Whatever the server does by default: the opt-in without a form.</summary>
    ServerDefault,
}
