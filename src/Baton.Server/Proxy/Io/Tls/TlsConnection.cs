using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;

namespace Baton.Server.Proxy.Io.Tls;

/// <summary>
/// A connection whose bytes are encrypted: to the wire it is the handler, to the session the connection.
/// <code>
/// state        input from the wire     Output                     leaves by
/// Handshaking  to SslStream (pool)     waits                      done -> Open; failed, too slow, peer gone -> Closing (TlsFailed)
/// Open         decrypted on the loop   encrypted on the loop      Close(flush) -> Finishing; Close, end of input, error -> Closing
/// Finishing    dropped                 encrypted as it leaves     all of it encrypted, nothing taken for FlushLimitMs -> Closing
/// Closing      dropped                 dropped                    wire closed -> handler told
/// </code>
/// Belongs to its loop's thread; only the handshake runs elsewhere, and posts its result.
/// </summary>
internal sealed partial class TlsConnection : IConnection, IConnectionHandler, IDisposable
{
    private const int PlainBytes = 16 * 1024;

    /// <summary>Undecrypted bytes at which the wire is not read any further.</summary>
    private const int WireHighWatermark = 256 * 1024;

    /// <summary>
    /// Encrypted bytes the wire has not taken at which no more is encrypted: what waits, waits in <see cref="Output"/>. Not less than
    /// what a
    /// connection reports as sent (<see cref="LoopConnection.LargeOutputBytes"/>), or nobody would go on.
    /// </summary>
    private const int EncryptedHighWatermark = 256 * 1024;

    private enum Phase
    {
        Handshaking,
        Open,
        Finishing,
        Closing,
    }

    private readonly ILoop _loop;
    private readonly Func<SslStream, CancellationToken, Task> _authenticate;
    private readonly CancellationTokenSource _ended = new();
    private readonly WireStream _stream;
    private readonly SslStream _ssl;
    private readonly Action _flush;
    private readonly int _loopThread = Environment.CurrentManagedThreadId;
    private IConnection _wire = null!;
    private IConnectionHandler _handler = null!;
    private IDisposable? _handshakeLimit;
    private byte[]? _plain;
    private string? _detail;
    private Phase _phase;
    private bool _isOutgoing;
    private bool _isReading;
    private bool _isPaused;
    private bool _owesDrained;
    private volatile bool _isWirePaused;

    internal TlsConnection(ILoop loop, Func<SslStream, CancellationToken, Task> authenticate)
    {
        (_loop, _authenticate) = (loop, authenticate);
        _flush = Flush;
        Output = new OutputBuffer(_ => _loop.Post(_flush));
        _stream = new WireStream(OnEncrypted, OnStarved);
        _ssl = new SslStream(_stream, leaveInnerStreamOpen: true);
    }

    /// <inheritdoc/>
    public EndPoint? RemoteAddress => _wire.RemoteAddress;

    /// <inheritdoc/>
    public EndPoint? LocalAddress => _wire.LocalAddress;

    /// <inheritdoc/>
    public OutputBuffer Output { get; }

    /// <summary>
    /// The connection whose bytes are encrypted. Before <see cref="Attach"/>: a handler may ask for addresses while it is made.
    /// </summary>
    internal void Over(IConnection wire) => _wire = wire;

    internal void Attach(IConnectionHandler handler) => _handler = handler;

    internal void BeginHandshake()
    {
        _handshakeLimit = _loop.At(
            _loop.NowMs + TlsLayer.HandshakeLimitMs, () => Fail($"the handshake took longer than {TlsLayer.HandshakeLimitMs} ms"));
        _ = HandshakeAsync();
    }

    /// <inheritdoc/>
    public void PauseReading()
    {
        _isPaused = true;
        _wire.PauseReading();
    }

    /// <inheritdoc/>
    public bool HasPeerEnded => _wire.HasPeerEnded;

    /// <inheritdoc/>
    public void KeepAlive(int seconds) => _wire.KeepAlive(seconds);

    /// <inheritdoc/>
    public void ResumeReading()
    {
        if (_isPaused)
        {
            _isPaused = false;
            ResumeWire();

            // Posted: the handler is perhaps in the middle of something, and what is already decrypted must not reach it from within.
            _loop.Post(Pump);
        }
    }

    /// <summary>The wire is closed: whoever still waits for bytes is let go.</summary>
    public void Dispose()
    {
        _handshakeLimit?.Dispose();
        _finishLimit?.Dispose();
        _ended.Cancel();
        _stream.EndInput();
        if (!_isReading && _plain is not null)
        {
            ArrayPool<byte>.Shared.Return(_plain);
            _plain = null;
        }

        Output.Release();
        _stream.Release();
        _ssl.Dispose();
        _ended.Dispose();
    }

    void IConnectionHandler.OnConnected()
    {
        _isOutgoing = true;
        BeginHandshake();
    }

    void IConnectionHandler.OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (_phase is Phase.Finishing or Phase.Closing)
        {
            return;
        }

        _stream.Feed(bytes);
        if (_stream.Unread > WireHighWatermark)
        {
            _isWirePaused = true;
            _wire.PauseReading();
        }
    }

    bool IConnectionHandler.OnEndOfInput()
    {
        _stream.EndInput();
        SawEndAhead();
        return _phase is not Phase.Closing;
    }

    void IConnectionHandler.OnEndAhead() => SawEndAhead();

    // What was sent before it waits, undecrypted, until reading goes on.
    private void SawEndAhead()
    {
        if (_phase == Phase.Open && _isPaused)
        {
            Hand(static handler => handler.OnEndAhead());
        }
    }

    void IConnectionHandler.OnOutputDrained()
    {
        _owesDrained = true;
        Flush();
    }

    void IConnectionHandler.OnClosed(CloseReason reason, string? detail)
    {
        bool brokenOff = _phase == Phase.Handshaking && _handshakeLimit is not null && reason == CloseReason.ClosedByPeer;
        _phase = Phase.Closing;
        Dispose();
        _handler.OnClosed(
            brokenOff ? CloseReason.TlsFailed : reason, brokenOff ? "the peer closed it during the handshake" : _detail ?? detail);
    }

    private async Task HandshakeAsync()
    {
        try
        {
            // On the pool: a signature takes a millisecond, and the loop has others to serve.
            var token = _ended.Token;
            await Task.Run(() => _authenticate(_ssl, token), token).ConfigureAwait(false);
            _loop.Post(Open);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException
            or ObjectDisposedException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            _loop.Post(() => Fail((exception.InnerException ?? exception).Message));
        }
    }

    private void Open()
    {
        if (_phase != Phase.Handshaking)
        {
            return;
        }

        _phase = Phase.Open;
        _handshakeLimit?.Dispose();
        _stream.ContinueInline();
        if (_isOutgoing)
        {
            Hand(static handler => handler.OnConnected());
        }

        Flush();
        Pump();
    }

    private void Fail(string why)
    {
        if (_phase == Phase.Handshaking)
        {
            (_phase, _detail) = (Phase.Closing, why);
            _wire.Close(CloseReason.TlsFailed, flush: true); // what waits is the alert that tells the peer why
        }
    }

    private void Pump()
    {
        while (_phase == Phase.Open && !_isPaused && !_isReading)
        {
            _plain ??= ArrayPool<byte>.Shared.Rent(PlainBytes);
            _isReading = true;
            var read = ReadAsync(_plain);
            if (!read.IsCompleted)
            {
                _ = FinishReadAsync(read);
                return;
            }

            _isReading = false;
            Deliver(read.Result);
        }
    }

    private async Task FinishReadAsync(Task<(int Count, string? Error)> read)
    {
        var result = await read.ConfigureAwait(false);
        _loop.Post(() =>
        {
            _isReading = false;
            Deliver(result);
            Pump();
        });
    }

    private async Task<(int Count, string? Error)> ReadAsync(byte[] buffer)
    {
        try
        {
            return (await _ssl.ReadAsync(buffer).ConfigureAwait(false), null);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            return (0, (exception.InnerException ?? exception).Message);
        }
    }

    private void Deliver((int Count, string? Error) read)
    {
        if (_phase != Phase.Open)
        {
            return;
        }

        if (read.Error is not null)
        {
            _detail = read.Error;
            Close(CloseReason.TlsFailed);
        }
        else if (read.Count > 0)
        {
            Hand(handler => handler.OnReceived(_plain.AsSpan(0, read.Count)));
        }
        else
        {
            bool keep = false;
            Hand(handler => keep = handler.OnEndOfInput());
            _isReading = true; // nothing will come any more
            if (!keep)
            {
                Close(CloseReason.ClosedByPeer);
            }
        }
    }

    // Decrypted bytes are handed out from posted actions, where an exception would not end the connection by itself.
    private void Hand(Action<IConnectionHandler> call)
    {
        try
        {
            call(_handler);
        }
        catch (Exception exception)
        {
            _detail = exception.Message;
            Close(CloseReason.InternalError);
            throw;
        }
    }

    private void Flush()
    {
        Output.MarkClean();
        if (_phase is not (Phase.Open or Phase.Finishing))
        {
            return;
        }

        // What is left over waits for the wire's OnOutputDrained.
        Encrypt();
        if (_phase == Phase.Finishing)
        {
            Finish();
        }
        else if (Output.Length == 0 && (_owesDrained || _isPaused))
        {
            _owesDrained = false;
            Hand(static handler => handler.OnOutputDrained());
        }
    }

    private void Encrypt()
    {
        while (Output.Length > 0 && _wire.Output.Length < EncryptedHighWatermark)
        {
            var next = Output.Front;
            var chunk = next[..Math.Min(next.Length, PlainBytes)];
            _ssl.Write(chunk);
            Output.Consume(chunk.Length);
        }
    }

    // SslStream has written. Always through the stream's own queue, so that records leave in the order they were made, whoever made them.
    private void OnEncrypted()
    {
        if (Environment.CurrentManagedThreadId == _loopThread)
        {
            _stream.MoveOutputTo(_wire.Output);
        }
        else
        {
            _loop.Post(() => _stream.MoveOutputTo(_wire.Output));
        }
    }

    // SslStream wants more than has arrived.
    private void OnStarved()
    {
        if (_isWirePaused)
        {
            _loop.Post(ResumeWire);
        }
    }

    private void ResumeWire()
    {
        _isWirePaused = false;
        if (!_isPaused)
        {
            _wire.ResumeReading();
        }
    }
}
