namespace Baton.Server.Proxy.Upstream;

/// <summary>
/// Life of one upstream connection.
/// <code>
/// Greeting --handshake answered--> Ready --closed--> Closed
/// Greeting --refused, timed out, closed--> Closed
/// </code>
/// </summary>
internal enum LinkState
{
    /// <summary>Connecting, or its handshake is not answered yet.</summary>
    Greeting,

    /// <summary>Takes commands.</summary>
    Ready,

    /// <summary>Over.</summary>
    Closed,
}
