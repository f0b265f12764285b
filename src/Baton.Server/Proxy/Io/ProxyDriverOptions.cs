namespace Baton.Server.Proxy.Io;

/// <summary>How a driver is set up. Validated by <see cref="ProxyDriver.Create"/>.</summary>
public sealed record ProxyDriverOptions
{
    /// <summary>Loop threads; 0 = one per core.</summary>
    public int Loops { get; init; }

    /// <summary>
    /// Which driver. <see cref="ProxyDriverKind.Automatic"/> lets the environment variable <c>BATON_DRIVER</c> (epoll, portable)
    /// decide first.
    /// </summary>
    public ProxyDriverKind Kind { get; init; }

    /// <summary>The clock of <see cref="ILoop.NowMs"/> and the timers.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Told what the driver survived but somebody should know: an exception out of a handler, file descriptors running out. Called on loop
    /// threads; must not throw. The exception is null when there was none.
    /// </summary>
    public Action<string, Exception?> Report { get; init; } = static (_, _) => { };
}
