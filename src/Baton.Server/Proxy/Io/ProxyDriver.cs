using Baton.Server.Proxy.Io.Epoll;
using Baton.Server.Proxy.Io.Sockets;

namespace Baton.Server.Proxy.Io;

/// <summary>Chooses the driver for this machine.</summary>
public static class ProxyDriver
{
    /// <summary>The environment variable that forces a driver.</summary>
    public const string KindVariable = "BATON_DRIVER";

    /// <summary>Most event loops.</summary>
    internal const int MaxLoops = 256;

    /// <summary>Starts the loops of a new driver.</summary>
    /// <exception cref="ArgumentException">An option is out of range or this system has no such driver.</exception>
    public static IProxyDriver Create(ProxyDriverOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Loops is < 0 or > MaxLoops)
        {
            throw new ArgumentException($"Loops is {options.Loops}; it must be 1 to {MaxLoops}, or 0 for one per core.", nameof(options));
        }

        int loops = options.Loops == 0 ? Math.Min(Environment.ProcessorCount, MaxLoops) : options.Loops;
        return Choose(options.Kind) switch
        {
            ProxyDriverKind.Epoll when OperatingSystem.IsLinux() => new EpollDriver(loops, options),
            ProxyDriverKind.Epoll => throw new ArgumentException("The epoll driver needs Linux; use ProxyDriverKind.Portable.", nameof(options)),
            _ => new SocketDriver(loops, options),
        };
    }

    private static ProxyDriverKind Choose(ProxyDriverKind kind) => kind != ProxyDriverKind.Automatic
        ? kind
        : Environment.GetEnvironmentVariable(KindVariable)?.ToUpperInvariant() switch
        {
            "EPOLL" => ProxyDriverKind.Epoll,
            "PORTABLE" => ProxyDriverKind.Portable,
            null or "" => OperatingSystem.IsLinux() ? ProxyDriverKind.Epoll : ProxyDriverKind.Portable,
            var other => throw new ArgumentException($"{KindVariable} is \"{other}\"; it must be epoll or portable."),
        };
}
