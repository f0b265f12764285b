namespace Baton.Client;

/// <summary>Why a connection could not be made.</summary>
public enum ConnectFailedReason
{
    /// <summary>The name did not resolve.</summary>
    NameNotResolved,

    /// <summary>Nobody listens there, or the network does not lead there.</summary>
    Unreachable,

    /// <summary>TCP, TLS or the greeting took longer than <c>ConnectTimeout</c>.</summary>
    TimedOut,

    /// <summary>TLS failed: certificate, name or version.</summary>
    TlsFailed,

    /// <summary>User or password were refused, or are needed.</summary>
    AuthenticationFailed,

    /// <summary>The server does not do what the options require (RESP3, maintenance notifications in mode Enabled).</summary>
    NotSupported,

    /// <summary>The server refused the greeting for another reason.</summary>
    Refused,

    /// <summary>The other side does not speak Redis' protocol.</summary>
    ProtocolError,
}
