using System.Net;
using System.Net.Sockets;
using Baton.Protocol.Resp;

namespace Baton.Server.Engines.Wire;

/// <summary>
/// A connection to an engine for control traffic and copies: batches of commands, one batch at a time, bounded waits. Thread-safe (callers
/// take turns). After any failure it is <see cref="IsBroken"/>, because replies and commands may be out of step, and must be disposed.
/// </summary>
internal sealed class RespConnection : IAsyncDisposable
{
    private const int FirstBufferSize = 64 * 1024;

    private readonly Socket _socket;
    private readonly EndPoint _address;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly ReplyScanner _scanner = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ControlAddresses.Entry? _known;
    private byte[] _buffer = new byte[FirstBufferSize];
    private int _start;
    private int _end;

    private RespConnection(Socket socket, EndPoint address, TimeSpan limit, TimeProvider time)
    {
        _socket = socket;
        _address = address;
        _limit = limit;
        _time = time;
    }

    /// <summary>True once a batch failed: nothing can be asked any more.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Connects and authenticates.</summary>
    /// <param name="address">The engine.</param>
    /// <param name="secret">Its password.</param>
    /// <param name="limit">Longest time without any progress of a batch, the connect included.</param>
    /// <param name="time">The clock of the limit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EngineException">No connection, or the password was refused.</exception>
    public static async Task<RespConnection> ConnectAsync(
        EndPoint address, string secret, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        RespConnection connection = new(socket, address, limit, time);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            RespReply reply = await connection.CallAsync(["AUTH", secret], cancellationToken).ConfigureAwait(false);
            return reply.IsError ? throw new EngineException($"the engine at {address} refused its password: {reply.Text}") : connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>One command; error replies are returned, not thrown.</summary>
    public async Task<RespReply> CallAsync(string[] command, CancellationToken cancellationToken) =>
        (await SendAsync(new RespBatch().Add(command[0], command.AsSpan(1)), cancellationToken).ConfigureAwait(false))[0];

    /// <summary>One command that must succeed.</summary>
    /// <exception cref="EngineException">The engine answered with an error.</exception>
    public async Task<RespReply> DemandAsync(string[] command, CancellationToken cancellationToken)
    {
        RespReply reply = await CallAsync(command, cancellationToken).ConfigureAwait(false);
        return reply.IsError
            ? throw new EngineException($"the engine at {_address} refused {command[0]}: {reply.Text}") { IsBusy = reply.IsBusy }
            : reply;
    }

    /// <summary>Sends a batch and returns its replies, in order; error replies are returned, not thrown.</summary>
    /// <exception cref="EngineException">The connection failed or the limit passed.</exception>
    public async Task<RespReply[]> SendAsync(RespBatch batch, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (IsBroken)
            {
                throw new EngineException($"the connection to the engine at {_address} is broken");
            }

            return batch.Count == 0
                ? []
                : await BoundedAsync(batch.Name, (progress, token) => ExchangeAsync(batch, progress, token), cancellationToken)
                    .ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends one command and returns its reply's own bytes.</summary>
    /// <exception cref="EngineException">The connection failed or the limit passed.</exception>
    public async Task<byte[]> SendRawAsync(RespBatch command, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await BoundedAsync(
                command.Name,
                async (progress, token) =>
                {
                    await WriteAsync(command.Bytes, progress, token).ConfigureAwait(false);
                    return (await ReadFrameAsync(progress, token).ConfigureAwait(false)).ToArray();
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Break();
        return ValueTask.CompletedTask;
    }

    private Task<bool> OpenAsync(CancellationToken cancellationToken) => BoundedAsync(
        "the connection request",
        async (_, token) =>
        {
            await _socket.ConnectAsync(_address, token).ConfigureAwait(false);
            _known = ControlAddresses.Add(_address, _socket.LocalEndPoint, _time);
            return true;
        },
        cancellationToken);

    // Runs one exchange under the progress limit; every way to fail breaks the connection and says what was waited for.
    private async Task<T> BoundedAsync<T>(
        string what, Func<Action, CancellationToken, Task<T>> exchange, CancellationToken cancellationToken)
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using ITimer timer = _time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), source, _limit, Timeout.InfiniteTimeSpan);
        try
        {
            return await exchange(() => timer.Change(_limit, Timeout.InfiniteTimeSpan), source.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Break();
            throw new EngineException(
                $"the engine at {_address} did not answer {what} within {_limit.TotalSeconds:0.###} s (CommandLimit)");
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException or RespFormatException)
        {
            Break();
            throw new EngineException($"the connection to the engine at {_address} failed at {what}: {exception.Message}", exception);
        }
        catch
        {
            Break();
            throw;
        }
    }

    private void Break()
    {
        IsBroken = true;
        _socket.Dispose();
        _known?.Dispose();
    }

    // Writing and reading overlap: an engine may stop reading a long batch until its replies are taken.
    private async Task<RespReply[]> ExchangeAsync(RespBatch batch, Action progress, CancellationToken cancellationToken)
    {
        Task sending = WriteAsync(batch.Bytes, progress, cancellationToken);
        try
        {
            RespReply[] replies = new RespReply[batch.Count];
            for (int i = 0; i < replies.Length; i++)
            {
                replies[i] = RespReply.Parse((await ReadFrameAsync(progress, cancellationToken).ConfigureAwait(false)).Span);
            }

            await sending.ConfigureAwait(false);
            return replies;
        }
        catch
        {
            Break();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, Action progress, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            int sent = await _socket.SendAsync(bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            bytes = bytes[sent..];
            progress();
        }
    }

    // The memory is valid until the next read.
    private async ValueTask<ReadOnlyMemory<byte>> ReadFrameAsync(Action progress, CancellationToken cancellationToken)
    {
        int scanned = 0;
        while (true)
        {
            ScanStatus status = _scanner.Scan(_buffer.AsSpan(_start + scanned, _end - _start - scanned), out int consumed);
            scanned += consumed;
            if (status == ScanStatus.Complete)
            {
                _start += scanned;
                return _buffer.AsMemory(_start - scanned, scanned);
            }

            if (status == ScanStatus.Invalid)
            {
                throw new RespFormatException(_scanner.Error ?? "not RESP");
            }

            MakeRoom();
            int received = await _socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (received == 0)
            {
                throw new IOException("the engine closed the connection");
            }

            _end += received;
            progress();
        }
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, checked(_buffer.Length * 2));
        }
        else if (_end == 0 && _buffer.Length > FirstBufferSize)
        {
            _buffer = new byte[FirstBufferSize]; // one huge value does not keep its memory
        }
    }
}
