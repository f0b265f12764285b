using System.Net;
using System.Net.Sockets;

namespace Baton.Cli.Demo.Raw;

/// <summary>
/// One socket for one lifetime: it is never reopened. Commands may be sent by one caller at a time; replies and pushes are read by a loop
/// of its own, so that a notification is seen while nothing is asked.
/// </summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private static int s_lastId;

    private readonly Socket _socket;
    private readonly RawConnectionOptions _options;
    private readonly Action<RawConnection, RawReply> _onPush;
    private readonly Lock _lock = new();
    private readonly Queue<RawBatch> _waiting = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private long? _movingDeadline;
    private RawConnectionLostException? _lost;
    private bool _closedByUs;

    private RawConnection(Socket socket, IPEndPoint endpoint, RawConnectionOptions options, Action<RawConnection, RawReply> onPush)
    {
        (_socket, Endpoint, _options, _onPush) = (socket, endpoint, options, onPush);
        Id = Interlocked.Increment(ref s_lastId);
    }

    /// <summary>Unique in the process.</summary>
    public int Id { get; }

    /// <summary>Where it is connected to.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Completes when the socket is gone, by whoever.</summary>
    public Task Ended => _ended.Task;

    /// <summary>True when the peer closed it; false while open or when we did.</summary>
    public bool ClosedByServer { get; private set; }

    /// <summary>After <see cref="ClosedByServer"/>: whether a MOVING had announced it and its time was over.</summary>
    public bool CloseWasAnnounced { get; private set; }

    /// <summary>Connects, says HELLO 3, names itself and opts in. Pushes may come before this returns.</summary>
    /// <exception cref="RawConnectionLostException">It cannot be reached, is too slow, or refuses a part of the handshake.</exception>
    public static async Task<RawConnection> ConnectAsync(
        IPEndPoint endpoint, RawConnectionOptions options, Action<RawConnection, RawReply> onPush, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ConnectLimit, options.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var connection = new RawConnection(socket, endpoint, options, onPush);
        try
        {
            await socket.ConnectAsync(endpoint, both.Token);
            connection._reading = Task.Run(connection.ReadLoopAsync, CancellationToken.None);
            await connection.ShakeHandsAsync(both.Token);
            return connection;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            await connection.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw e as RawConnectionLostException ?? new RawConnectionLostException($"no connection to {endpoint}: {e.Message}", e);
        }
    }

    /// <summary>Sends a batch and waits for all its replies.</summary>
    /// <param name="commands">What to send.</param>
    /// <param name="onReply">Called for each reply as it arrives, with the time since the batch was sent; null = nobody.</param>
    /// <param name="cancellationToken">Gives up waiting; the connection is then of no use any more.</param>
    /// <exception cref="RawConnectionLostException">The connection ended first.</exception>
    public async Task<RawReply[]> ExecuteAsync(RawCommands commands, Action<TimeSpan>? onReply, CancellationToken cancellationToken)
    {
        var batch = new RawBatch(commands.Count, _options.Time, onReply);
        lock (_lock)
        {
            if (_lost is not null)
            {
                throw _lost;
            }

            _waiting.Enqueue(batch);
        }

        using var limit = new CancellationTokenSource(_options.CommandLimit, _options.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await SendAsync(commands.Bytes, both.Token);
            return await batch.Done.WaitAsync(both.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            var message = $"{Endpoint}: no reply within {_options.CommandLimit.TotalSeconds} s";
            Close();
            throw new RawConnectionLostException(message, e);
        }
        catch (SocketException e)
        {
            throw new RawConnectionLostException($"{Endpoint}: could not send: {e.Message}", e);
        }
    }

    /// <summary>The server announced the end of this connection; a close after that time is what was agreed.</summary>
    public void AnnounceClose(long seconds)
    {
        var deadline = _options.Time.GetTimestamp() + (seconds * _options.Time.TimestampFrequency);
        lock (_lock)
        {
            _movingDeadline = Math.Min(_movingDeadline ?? deadline, deadline);
        }
    }

    /// <summary>Closes our end. What waits fails.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closedByUs = true;
        }

        _socket.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Close();
        await _reading;
        _ended.TrySetResult();
    }

    private async Task ShakeHandsAsync(CancellationToken cancellationToken)
    {
        var hello = new RawCommands();
        _ = _options.Password is null ? hello.Add("HELLO", "3") : hello.Add("HELLO", "3", "AUTH", "default", _options.Password);
        hello.Add("CLIENT", "SETNAME", _options.Name);
        if (_options.OptIn)
        {
            hello.Add("CLIENT", "MAINT_NOTIFICATIONS", "ON", "moving-endpoint-type", _options.EndpointType);
        }

        var replies = await ExecuteAsync(hello, onReply: null, cancellationToken);
        if (Array.Find(replies, reply => reply.IsError) is { } error)
        {
            throw new RawConnectionLostException($"{Endpoint}: handshake refused: {error.Text}");
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
            }
        }
        catch (ObjectDisposedException e)
        {
            throw _lost ?? new RawConnectionLostException($"{Endpoint}: closed", e);
        }
    }

    private async Task ReadLoopAsync()
    {
        var reason = "the server closed the connection";
        try
        {
            var buffer = new byte[16 * 1024];
            var filled = 0;
            int count;
            while ((count = await _socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None, CancellationToken.None)) > 0)
            {
                filled += count;
                var consumed = DispatchAll(buffer.AsSpan(0, filled));
                buffer.AsSpan(consumed, filled - consumed).CopyTo(buffer);
                filled -= consumed;
                if (filled == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidDataException or FormatException)
        {
            reason = e.Message;
        }

        End(reason);
    }

    private int DispatchAll(ReadOnlySpan<byte> data)
    {
        var consumed = 0;
        while (consumed < data.Length && RawReply.TryRead(data[consumed..], out var reply, out var length))
        {
            consumed += length;
            if (reply!.Kind == '>' && reply.Items?[0].Text is not ("subscribe" or "psubscribe"))
            {
                _onPush(this, reply);
            }
            else
            {
                DispatchReply(reply);
            }
        }

        return consumed;
    }

    private void DispatchReply(RawReply reply)
    {
        lock (_lock)
        {
            if (!_waiting.TryPeek(out var batch))
            {
                throw new InvalidDataException($"reply without a command: {reply}");
            }

            if (batch.Add(reply))
            {
                _waiting.Dequeue();
            }
        }
    }

    private void End(string reason)
    {
        List<RawBatch> unanswered;
        lock (_lock)
        {
            ClosedByServer = !_closedByUs;
            var due = _movingDeadline - (long)(_options.CloseTolerance.TotalSeconds * _options.Time.TimestampFrequency);
            CloseWasAnnounced = due <= _options.Time.GetTimestamp();
            _lost = new RawConnectionLostException($"{Endpoint}: {(_closedByUs ? "closed by this client" : reason)}");
            unanswered = [.. _waiting];
            _waiting.Clear();
        }

        _socket.Dispose();
        _ended.TrySetResult();
        unanswered.ForEach(batch => batch.Fail(_lost));
    }
}
