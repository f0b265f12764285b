namespace Baton.Client;

/// <summary>Which version of the protocol to speak.</summary>
public enum RedisProtocol
{
    /// <summary>RESP3, and RESP2 where the server has no <c>HELLO 3</c>.</summary>
    Auto,

    /// <summary>RESP2: no maintenance notifications, no client-side caching.</summary>
    Resp2,

    /// <summary>RESP3, or no connection.</summary>
    Resp3,
}
