namespace Baton.Server.Proxy;

/// <summary>Why a connection ended. The same word goes to the log, the metrics and the REST API.</summary>
public enum CloseReason
{
    /// <summary>The peer closed it.</summary>
    ClosedByPeer,

    /// <summary>The client said QUIT.</summary>
    Quit,

    /// <summary>The peer's bytes were not RESP, or a frame was over a limit.</summary>
    ProtocolError,

    /// <summary>It said <c>POST</c> or <c>Host:</c>: a web page, not a Redis client, makes somebody's browser talk to us. Nothing after it runs.</summary>
    HttpRequest,

    /// <summary>The peer did not read its replies (<c>Output</c>, <c>SubscriberOutput</c>).</summary>
    SlowReader,

    /// <summary>All connections together kept more than <c>MaxBufferedBytes</c>, and this one most of all.</summary>
    BuffersFull,

    /// <summary>Another client asked for it (CLIENT KILL).</summary>
    Killed,

    /// <summary>It said nothing for <c>IdleTimeoutSeconds</c>.</summary>
    Idle,

    /// <summary>
    /// It had not given the database's password: for <see cref="UnauthenticatedClients.LimitMs"/>, or when another client needed its place.
    /// </summary>
    Unauthenticated,

    /// <summary>More than <c>MaxClients</c>.</summary>
    TooManyClients,

    /// <summary>The endpoint moved to another node and the announced time was over.</summary>
    EndpointMoved,

    /// <summary>The database was deleted.</summary>
    DatabaseDeleted,

    /// <summary>The engine behind it ended or could not be reached.</summary>
    UpstreamLost,

    /// <summary>The engine owed a reply on it and said nothing for <c>master_stall_limit_ms</c>, while it answered others.</summary>
    UpstreamSilent,

    /// <summary>An upstream connection is not needed any more.</summary>
    Released,

    /// <summary>TLS could not be agreed.</summary>
    TlsFailed,

    /// <summary>The operating system reported an error.</summary>
    SocketError,

    /// <summary>Baton's own code failed while it served this connection; the log has the exception.</summary>
    InternalError,

    /// <summary>Baton is stopping.</summary>
    ServerStopping,
}
