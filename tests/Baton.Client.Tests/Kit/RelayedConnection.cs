using System.Net.Sockets;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Client.Tests.Kit;

/// <summary>One connection through a <see cref="Relay"/>. Whole frames travel, so that any moment is a frame boundary.</summary>
internal sealed class RelayedConnection
{
    /// <summary>Sent instead of the opt-in: its reply is +OK, and it changes nothing.</summary>
    private static readonly byte[] Harmless = "*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$2\r\nON\r\n"u8.ToArray();

    private readonly Lock _gate = new();
    private readonly Socket _client;
    private readonly Socket _upstream;
    private readonly DelayLine _toServer;
    private readonly DelayLine _toClient;
    private readonly List<byte[]> _held = [];
    private readonly Queue<bool> _repliesToOptIn = new();
    private readonly Func<string?> _standing;
    private bool _holdsReplies;
    private bool _isOptedIn;
    private string? _told;

    /// <param name="client">The client's end.</param>
    /// <param name="upstream">The server's end.</param>
    /// <param name="oneWay">Delay of each direction.</param>
    /// <param name="holdsReplies">Whether replies stay here at first.</param>
    /// <param name="standing">What who opts in is told directly after its +OK; null = nothing.</param>
    public RelayedConnection(Socket client, Socket upstream, TimeSpan oneWay, bool holdsReplies, Func<string?> standing)
    {
        (_client, _upstream, _holdsReplies, _standing) = (client, upstream, holdsReplies, standing);
        _toServer = new DelayLine(TimeProvider.System, bytes => Send(_upstream, bytes)) { Delay = oneWay };
        _toClient = new DelayLine(TimeProvider.System, bytes => Send(_client, bytes)) { Delay = oneWay };
    }

    /// <summary>Completes when both directions have ended.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>True when it was closed from either side.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>While set, replies stay here.</summary>
    public bool HoldsReplies
    {
        get => _holdsReplies;
        set
        {
            lock (_gate)
            {
                _holdsReplies = value;
                if (!value)
                {
                    _held.ForEach(Deliver);
                    _held.Clear();
                }
            }
        }
    }

    /// <summary>Lets both directions flow.</summary>
    public void Start() => Ended = Task.WhenAll(ReadCommandsAsync(), ReadRepliesAsync());

    /// <summary>Sends a frame to the client if it has opted in; once, though it may have been told it at the opt-in.</summary>
    public void Announce(string frame)
    {
        lock (_gate)
        {
            Tell(frame);
        }
    }

    /// <summary>Sends a frame to the client, before replies that are held.</summary>
    public void Push(string frame) => _toClient.Send(Encoding.Latin1.GetBytes(frame));

    /// <summary>Ends it.</summary>
    public void Close(bool abruptly)
    {
        if (!abruptly)
        {
            IsClosed = true;
            _toClient.Send(null);
            return;
        }

        IsClosed = true;
        _client.Close(0);
        _upstream.Dispose();
    }

    private async Task ReadCommandsAsync()
    {
        var scanner = new RequestScanner();
        byte[] pending = [];
        await ReadAsync(_client, bytes =>
        {
            pending = [.. pending, .. bytes];
            while (pending.Length > 0 && scanner.Scan(pending) == ScanStatus.Complete)
            {
                var isOptIn = scanner.ArgumentCount > 1 && Ascii.EqualsIgnoreCase(scanner.Argument(pending, 1), "MAINT_NOTIFICATIONS"u8);
                Expect(isOptIn);
                _toServer.Send(isOptIn ? Harmless : pending[..scanner.FrameLength]);
                pending = pending[scanner.FrameLength..];
                scanner.Reset();
            }
        });
        IsClosed = true;
        _upstream.Dispose();
    }

    private async Task ReadRepliesAsync()
    {
        var scanner = new ReplyScanner();
        byte[] frame = [];
        await ReadAsync(_upstream, bytes =>
        {
            while (bytes.Length > 0)
            {
                var status = scanner.Scan(bytes, out var consumed);
                frame = [.. frame, .. bytes.AsSpan(0, consumed)];
                bytes = bytes[consumed..];
                if (status != ScanStatus.Complete)
                {
                    return;
                }

                Reply(frame);
                frame = [];
            }
        });
        IsClosed = true;
        _client.Dispose();
    }

    private void Reply(byte[] frame)
    {
        lock (_gate)
        {
            if (_holdsReplies)
            {
                _held.Add(frame);
                return;
            }

            Deliver(frame);
        }
    }

    private void Expect(bool isOptIn)
    {
        lock (_gate)
        {
            if (!_isOptedIn)
            {
                _repliesToOptIn.Enqueue(isOptIn);
            }
        }
    }

    private void Deliver(byte[] reply)
    {
        _toClient.Send(reply);
        if (!_isOptedIn && reply[0] != '>' && _repliesToOptIn.TryDequeue(out var isToOptIn) && isToOptIn)
        {
            _isOptedIn = true;
            Tell(_standing());
        }
    }

    private void Tell(string? frame)
    {
        if (_isOptedIn && frame is not null && !ReferenceEquals(frame, _told))
        {
            _told = frame;
            Push(frame);
        }
    }

    private static async Task ReadAsync(Socket from, Action<byte[]> take)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (var count = await from.ReceiveAsync(buffer); count > 0; count = await from.ReceiveAsync(buffer))
            {
                take(buffer[..count]);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side is gone; the other follows.
        }
    }

    private static void Send(Socket socket, byte[]? bytes)
    {
        try
        {
            if (bytes is null)
            {
                socket.Shutdown(SocketShutdown.Both);
            }
            else
            {
                socket.Send(bytes);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }
    }
}
