using System.Net;
using System.Net.Sockets;

namespace Baton.Server.Proxy.Io.Sockets;

/// <summary>A listening socket whose accepts complete on the thread pool. Thread-safe.</summary>
internal sealed class SocketListener : IListener
{
    private const int Backlog = 4096;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    private readonly SocketDriver _driver;
    private readonly ProxyDriverOptions _options;
    private readonly AcceptHandler _accept;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _closed = new();

    internal SocketListener(SocketDriver driver, ProxyDriverOptions options, IPEndPoint address, AcceptHandler accept)
    {
        (_driver, _options, _accept) = (driver, options, accept);
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(address);
            _socket.Listen(Backlog);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        Address = (IPEndPoint)_socket.LocalEndPoint!;
        _ = AcceptAllAsync();
    }

    /// <inheritdoc/>
    public IPEndPoint Address { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closed.Cancel();
        _socket.Dispose();
    }

    private async Task AcceptAllAsync()
    {
        bool isShort = false;
        while (!_closed.IsCancellationRequested)
        {
            try
            {
                _driver.Assign(await _socket.AcceptAsync(_closed.Token).ConfigureAwait(false), _accept);
                isShort = false;
            }
            catch (SocketException exception) when (!_closed.IsCancellationRequested)
            {
                if (!isShort)
                {
                    _options.Report($"listener {Address} cannot accept ({exception.SocketErrorCode}); it goes on as soon as it can", exception);
                }

                isShort = true;
                await Task.Delay(RetryAfter, _options.TimeProvider).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }
}
