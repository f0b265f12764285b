namespace Baton.Server.Proxy.Io;

/// <summary>Which driver moves the sockets.</summary>
public enum ProxyDriverKind
{
    /// <summary>epoll on Linux, the portable one elsewhere.</summary>
    Automatic,

    /// <summary>epoll through libc. Linux only.</summary>
    Epoll,

    /// <summary><see cref="System.Net.Sockets.Socket"/>: every system, two to four times the CPU per command.</summary>
    Portable,
}
