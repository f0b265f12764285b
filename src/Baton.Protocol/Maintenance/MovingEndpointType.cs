namespace Baton.Protocol.Maintenance;

/// <summary>
/// The form in which a client wants MOVING to name the new endpoint
/// (<c>CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type X</c>).
/// </summary>
public enum MovingEndpointType
{
    /// <summary>Bare <c>ON</c>: nothing asked for. Real servers then send null.</summary>
    Unspecified,

    /// <summary><c>none</c>: null; the client reconnects to the endpoint it has configured.</summary>
    None,

    /// <summary><c>internal-ip</c>: the new node's own address.</summary>
    InternalIp,

    /// <summary><c>internal-fqdn</c>: the new node's name.</summary>
    InternalFqdn,

    /// <summary><c>external-ip</c>: the new node's address as seen from outside.</summary>
    ExternalIp,

    /// <summary><c>external-fqdn</c>: the new node's name as seen from outside.</summary>
    ExternalFqdn,
}
