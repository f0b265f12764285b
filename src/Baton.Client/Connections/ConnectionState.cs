namespace Baton.Client;

/// <summary>
/// <code>
/// Greeting  it is being introduced to the server; nobody's commands travel on it
/// Ready     it serves
/// Draining  it takes nothing new and waits for its last replies (a handoff)
/// Closed    for good
/// </code>
/// </summary>
internal enum ConnectionState
{
    /// <summary>Handshake.</summary>
    Greeting,

    /// <summary>Serving.</summary>
    Ready,

    /// <summary>Only replies are awaited.</summary>
    Draining,

    /// <summary>Ended.</summary>
    Closed,
}
