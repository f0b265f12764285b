using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Baton.Server.Proxy.Io.Epoll;

/// <summary>Sockets by file descriptor: making them, their addresses, what their errors are called in .NET.</summary>
internal static unsafe class NativeSocket
{
    private const int MaxAddressBytes = 128;
    private const int Backlog = 4096;

    private static readonly IPEndPoint AnyAddress = new(IPAddress.Any, 0);
    private static readonly IPEndPoint AnyAddress6 = new(IPAddress.IPv6Any, 0);

    internal static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>A bound, listening, nonblocking socket.</summary>
    /// <exception cref="SocketException">The address is taken or not allowed.</exception>
    internal static int Listen(IPEndPoint address)
    {
        int fd = Create(address);
        try
        {
            SetOption(fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR);
            SetNoDelay(fd, address); // accepted sockets inherit it
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                SetOption(fd, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY);
            }

            var bytes = address.Serialize();
            fixed (byte* native = bytes.Buffer.Span)
            {
                Require(Libc.bind(fd, native, (uint)bytes.Size), "bind", address);
            }

            Require(Libc.listen(fd, Backlog), "listen", address);
            return fd;
        }
        catch
        {
            _ = Libc.close(fd);
            throw;
        }
    }

    /// <summary>Starts to connect a nonblocking socket. Error 0: it is up or on its way.</summary>
    /// <returns>The descriptor, -1 when there is none, and the error.</returns>
    internal static (int Fd, int Error) StartConnect(EndPoint address)
    {
        var bytes = address.Serialize();
        int fd = Libc.socket(Domain(address), Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            return (-1, LastError);
        }

        SetNoDelay(fd, address);
        fixed (byte* native = bytes.Buffer.Span)
        {
            int error = Libc.connect(fd, native, (uint)bytes.Size) == 0 ? 0 : LastError;
            return (fd, error == Libc.EINPROGRESS ? 0 : error);
        }
    }

    /// <summary>One waiting connection; a descriptor of -1 and the error when there is none.</summary>
    internal static (int Fd, int Error) Accept(int listener)
    {
        int fd = Libc.accept4(listener, null, null, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
        return fd >= 0 ? (fd, 0) : (-1, LastError);
    }

    /// <summary>Who is at the other end of an IP connection; null when it has gone.</summary>
    internal static EndPoint? PeerAddress(int fd)
    {
        byte* address = stackalloc byte[MaxAddressBytes];
        uint length = MaxAddressBytes;
        if (Libc.getpeername(fd, address, &length) != 0)
        {
            return null;
        }

        ReadOnlySpan<byte> native = new(address, (int)length);
        return Parse(native, MemoryMarshal.Read<ushort>(native) == Libc.AF_INET ? AnyAddress : AnyAddress6);
    }

    internal static EndPoint? LocalAddress(int fd, EndPoint like)
    {
        byte* address = stackalloc byte[MaxAddressBytes];
        uint length = MaxAddressBytes;
        return Libc.getsockname(fd, address, &length) == 0 ? Parse(new ReadOnlySpan<byte>(address, (int)length), like) : null;
    }

    /// <summary>Probes a silent peer after so many seconds, then three times at a third of that, as redis-server does; 0 = never.</summary>
    internal static void KeepAlive(int fd, int seconds)
    {
        SetOption(fd, Libc.SOL_SOCKET, Libc.SO_KEEPALIVE, seconds > 0 ? 1 : 0);
        if (seconds > 0)
        {
            SetOption(fd, Libc.IPPROTO_TCP, Libc.TCP_KEEPIDLE, Math.Min(seconds, LoopConnection.MaxKeepAliveSeconds));
            SetOption(fd, Libc.IPPROTO_TCP, Libc.TCP_KEEPINTVL, Math.Clamp(seconds / LoopConnection.KeepAliveProbes, 1, LoopConnection.MaxKeepAliveSeconds));
            SetOption(fd, Libc.IPPROTO_TCP, Libc.TCP_KEEPCNT, LoopConnection.KeepAliveProbes);
        }
    }

    /// <summary>A FIN or a reset has come, whatever is still unread before it.</summary>
    internal static bool HasPeerEnded(int fd)
    {
        Libc.PollEntry entry = new() { Fd = fd, Events = (short)Libc.EPOLLRDHUP };
        return Libc.poll(&entry, 1, 0) > 0 && (entry.Returned & (short)(Libc.EPOLLRDHUP | Libc.EPOLLHUP | Libc.EPOLLERR)) != 0;
    }

    /// <summary>The error that waits on the socket (SO_ERROR), and takes it away.</summary>
    internal static int TakeError(int fd)
    {
        int error = 0;
        uint length = sizeof(int);
        return Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_ERROR, &error, &length) == 0 ? error : LastError;
    }

    /// <summary>The system's text for an error, with its number: <c>Connection refused (errno 111)</c>.</summary>
    internal static string Describe(int error) => $"{Marshal.GetPInvokeErrorMessage(error)} (errno {error})";

    internal static SocketException ToException(int error, string what, EndPoint address) =>
        new((int)ToSocketError(error), $"{what} {address}: {Describe(error)}");

    private static int Create(EndPoint address)
    {
        int fd = Libc.socket(Domain(address), Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        return fd >= 0 ? fd : throw ToException(LastError, "socket for", address);
    }

    // The first two bytes of every native address are its family, in the machine's byte order.
    private static int Domain(EndPoint address) => MemoryMarshal.Read<ushort>(address.Serialize().Buffer.Span);

    private static EndPoint? Parse(ReadOnlySpan<byte> native, EndPoint like)
    {
        // A unix socket's unnamed peer is its family alone.
        if (native.Length <= sizeof(ushort) || like.AddressFamily == AddressFamily.Unix)
        {
            return like;
        }

        var address = new SocketAddress(like.AddressFamily, native.Length);
        native.CopyTo(address.Buffer.Span);
        return like.Create(address);
    }

    private static void SetNoDelay(int fd, EndPoint address)
    {
        if (address.AddressFamily != AddressFamily.Unix)
        {
            SetOption(fd, Libc.IPPROTO_TCP, Libc.TCP_NODELAY);
        }
    }

    private static void SetOption(int fd, int level, int option, int value = 1) => _ = Libc.setsockopt(fd, level, option, &value, sizeof(int));

    private static void Require(int result, string what, EndPoint address)
    {
        if (result < 0)
        {
            throw ToException(LastError, what, address);
        }
    }

    private static SocketError ToSocketError(int error) => error switch
    {
        Libc.EACCES => SocketError.AccessDenied,
        Libc.EADDRINUSE => SocketError.AddressAlreadyInUse,
        Libc.EADDRNOTAVAIL => SocketError.AddressNotAvailable,
        Libc.EAFNOSUPPORT => SocketError.AddressFamilyNotSupported,
        Libc.EMFILE or Libc.ENFILE => SocketError.TooManyOpenSockets,
        Libc.ENOBUFS or Libc.ENOMEM => SocketError.NoBufferSpaceAvailable,
        _ => SocketError.SocketError,
    };
}
