namespace Baton.Server.Proxy.Io;

/// <summary>Where a connection is in its life; the table is at <see cref="LoopConnection"/>.</summary>
internal enum LoopConnectionState
{
    /// <summary>Outgoing, not up yet.</summary>
    Connecting,

    /// <summary>Up.</summary>
    Open,

    /// <summary>To be closed when its output is sent.</summary>
    Flushing,

    /// <summary>Over; its handler is told at the end of the turn.</summary>
    Ended,

    /// <summary>Its socket is closed and its handler knows.</summary>
    Released,
}
