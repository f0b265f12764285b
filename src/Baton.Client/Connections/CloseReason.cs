namespace Baton.Client;

/// <summary>Why a connection ended; the same words in exceptions, logs, metrics and events.</summary>
public enum CloseReason
{
    /// <summary>It was never there: connecting failed.</summary>
    ConnectFailed,

    /// <summary>The server closed it.</summary>
    ClosedByServer,

    /// <summary>The network failed.</summary>
    NetworkError,

    /// <summary>The server sent what is not RESP, or a reply nobody asked for.</summary>
    ProtocolError,

    /// <summary>Nothing came for too long while commands waited.</summary>
    Unresponsive,

    /// <summary>Its work goes on elsewhere: the end of a handoff, never a failure.</summary>
    HandedOff,

    /// <summary>It was not needed any more (an idle dedicated connection).</summary>
    Idle,

    /// <summary>Its state was unknown (a transaction or a blocking command was abandoned on it).</summary>
    Abandoned,

    /// <summary>The client was disposed.</summary>
    Disposed,
}
