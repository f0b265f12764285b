using System.Net;

namespace Baton.Server.Proxy.Io;

/// <summary>
/// One event loop as the sans-I/O code sees it. A connection lives on one loop for life; everything here but <see cref="Post"/> is
/// called on
/// the loop's own thread. Drivers: epoll (Linux), portable sockets (elsewhere), memory under a virtual clock (tests).
/// </summary>
public interface ILoop
{
    /// <summary>0-based.</summary>
    int Index { get; }

    /// <summary>Milliseconds on a monotonic clock that started at 0 with the loop; read once a turn.</summary>
    long NowMs { get; }

    /// <summary>How long its turns were; thread-safe. Loops without a clock of their own have none.</summary>
    LoopTurns Turns => default;

    /// <summary>
    /// Runs an action on the loop, in the order posted. Thread-safe. Once the loop has stopped, nothing runs any more and this does
    /// nothing.
    /// </summary>
    void Post(Action action);

    /// <summary>Runs an action once at or after <paramref name="dueMs"/> (resolution: one heartbeat, 10 ms). Dispose to cancel.</summary>
    IDisposable At(long dueMs, Action action);

    /// <summary>
    /// Starts to connect. The handler gets <see cref="IConnectionHandler.OnConnected"/> or, when it failed,
    /// <see cref="IConnectionHandler.OnClosed"/>. Output may be written at once; it goes out when connected.
    /// </summary>
    IConnection Connect(EndPoint address, IConnectionHandler handler);
}

/// <summary>Turns of a loop since it began: nothing else happens on it while one lasts.</summary>
/// <param name="Longest">The longest.</param>
/// <param name="Long">How many took more than 10 ms.</param>
public readonly record struct LoopTurns(TimeSpan Longest, long Long);

/// <summary>One socket (or its stand-in) for one lifetime. Belongs to its loop's thread.</summary>
public interface IConnection
{
    /// <summary>The peer, for CLIENT LIST and logs.</summary>
    EndPoint? RemoteAddress { get; }

    /// <summary>Our side.</summary>
    EndPoint? LocalAddress { get; }

    /// <summary>Bytes to send. Append here; the driver sends once at the end of the turn, and again when the peer has room.</summary>
    OutputBuffer Output { get; }

    /// <summary>The peer has finished sending, or is gone; asked of the system, which knows before the loop does. Thread-safe.</summary>
    bool HasPeerEnded => false;

    /// <summary>No more <see cref="IConnectionHandler.OnReceived"/> until <see cref="ResumeReading"/>. Used for back-pressure.</summary>
    void PauseReading();

    /// <summary>Undoes <see cref="PauseReading"/>.</summary>
    void ResumeReading();

    /// <summary>
    /// A peer that is silent for so long is asked by TCP whether it is still there, and when it is not the connection ends; 0 = never.
    /// </summary>
    void KeepAlive(int seconds)
    {
    }

    /// <summary>
    /// Ends it, after sending what is in <see cref="Output"/> when <paramref name="flush"/>. The handler's
    /// <see cref="IConnectionHandler.OnClosed"/> follows once, with this reason, at the end of this turn or, when very many end, of a later one; or when the
    /// flush is done.
    /// First reason wins.
    /// </summary>
    void Close(CloseReason reason, bool flush = false);
}

/// <summary>The sans-I/O side of a connection.</summary>
public interface IConnectionHandler
{
    /// <summary>An outgoing connection is up.</summary>
    void OnConnected();

    /// <summary>Bytes arrived. They are only valid during the call; the handler keeps a copy of an unfinished tail.</summary>
    void OnReceived(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// The peer has finished sending but may still read (a half-closed connection, as <c>printf 'GET k\r\n' | nc</c> makes one).
    /// True: keep it
    /// open, the handler will close it when its last reply is written. False, the default: it is closed at once (<see
    /// cref="CloseReason.ClosedByPeer"/>).
    /// </summary>
    bool OnEndOfInput() => false;

    /// <summary>
    /// The peer has finished sending, and input it sent before is still unread, because reading is paused. <see cref="OnEndOfInput"/> follows once that
    /// has been read. Not every driver can tell.
    /// </summary>
    void OnEndAhead()
    {
    }

    /// <summary>
    /// All of <see cref="IConnection.Output"/> has been sent after it could not be sent at once, or while reading is paused, or when
    /// it was 64 KiB
    /// and more: whoever stops producing until the output is sent is always called.
    /// </summary>
    void OnOutputDrained();

    /// <summary>It ended. Called exactly once; nothing follows.</summary>
    void OnClosed(CloseReason reason, string? detail);
}

/// <summary>Makes the handler for a connection a listener accepted.</summary>
/// <param name="loop">The loop it will live on.</param>
/// <param name="connection">The accepted connection.</param>
/// <returns>Its handler.</returns>
public delegate IConnectionHandler AcceptHandler(ILoop loop, IConnection connection);

/// <summary>A set of loops with listeners. Thread-safe.</summary>
public interface IProxyDriver : IAsyncDisposable
{
    /// <summary>The loops; fixed for life.</summary>
    IReadOnlyList<ILoop> Loops { get; }

    /// <summary>
    /// Listens; connections are spread over the loops. Returns the bound address (port 0 = any free) and a handle that stops
    /// accepting.
    /// </summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address is taken or not allowed.</exception>
    IListener Listen(IPEndPoint address, AcceptHandler accept);
}

/// <summary>A listening socket. Disposing stops accepting and frees the port; accepted connections live on.</summary>
public interface IListener : IDisposable
{
    /// <summary>Where it listens.</summary>
    IPEndPoint Address { get; }
}
