using System.Net.Sockets;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Cli.Bench.Handoff.Relay;

/// <summary>One connection through a <see cref="HandoffRelay"/>. Whole frames travel, so that any moment is a frame boundary.</summary>
internal sealed class RelayedLink : IAsyncDisposable
{
    private const int BufferSize = 64 * 1024;

    // Sent instead of the opt-in: its reply is +OK, and it changes nothing.
    private static readonly byte[] Harmless = "*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$2\r\nON\r\n"u8.ToArray();

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly Socket _client;
    private readonly Socket _upstream;
    private readonly DelayLine _toServer;
    private readonly DelayLine _toClient;
    private readonly List<byte[]> _held = [];
    private readonly bool _hidesOptIn;
    private readonly TimeProvider _time;
    private readonly Task _ended;
    private bool _holdsReplies;
    private volatile bool _isClosed;

    /// <param name="client">The client's side.</param>
    /// <param name="upstream">The server's side, connected.</param>
    /// <param name="settings">How it behaves.</param>
    /// <param name="time">Clock.</param>
    public RelayedLink(Socket client, Socket upstream, RelaySettings settings, TimeProvider time)
    {
        (_client, _upstream, _time) = (client, upstream, time);
        (_hidesOptIn, _holdsReplies) = (settings.AcceptsOptIn, settings.IsMute);
        _toServer = new DelayLine(time, settings.RoundTrip / 2, bytes => Send(_upstream, bytes));
        _toClient = new DelayLine(time, settings.RoundTrip / 2, bytes => Send(_client, bytes));
        _ended = RunAsync();
    }

    /// <summary>True when either side has closed it.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>True when the client has opted in.</summary>
    public bool HasOptedIn { get; private set; }

    /// <summary>Keeps replies here, or lets them go; commands go on being run.</summary>
    public void Stall(bool isStalled)
    {
        lock (_gate)
        {
            _holdsReplies = isStalled;
            if (!isStalled)
            {
                _held.ForEach(_toClient.Send);
                _held.Clear();
            }
        }
    }

    /// <summary>Sends a frame to the client if it has opted in, before replies that are held.</summary>
    public void Push(byte[] frame)
    {
        if (HasOptedIn && !_isClosed)
        {
            _toClient.Send(frame);
        }
    }

    /// <summary>Ends it: behind what is on its way to the client, or as a broken network does.</summary>
    public void Close(bool abruptly)
    {
        _isClosed = true;
        if (abruptly)
        {
            Cut();
        }
        else
        {
            _toClient.Send(null);
        }
    }

    /// <summary>Cuts it, and waits until both directions have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Close(abruptly: true);
        await _ended.WaitAsync(EndLimit, _time).ConfigureAwait(false);
    }

    private void Cut()
    {
        try
        {
            _client.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }

        _client.Dispose();
        _upstream.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.WhenAll(ReadCommandsAsync(), ReadRepliesAsync()).ConfigureAwait(false);
        _toServer.Dispose();
        _toClient.Dispose();
    }

    private async Task ReadCommandsAsync()
    {
        var scanner = new RequestScanner();
        await ReadAsync(_client, bytes => TakeCommands(scanner, bytes)).ConfigureAwait(false);
        _isClosed = true;
        _upstream.Dispose();
    }

    private async Task ReadRepliesAsync()
    {
        var scanner = new ReplyScanner();
        var scanned = 0;
        await ReadAsync(_upstream, bytes => TakeReplies(scanner, ref scanned, bytes)).ConfigureAwait(false);
        _isClosed = true;
        _client.Dispose();
    }

    /// <summary>Forwards the whole commands in the bytes; gives how many bytes that were.</summary>
    private int TakeCommands(RequestScanner scanner, ReadOnlySpan<byte> bytes)
    {
        var (from, at) = (0, 0);
        while (at < bytes.Length && scanner.Scan(bytes[at..]) == ScanStatus.Complete)
        {
            var frame = bytes.Slice(at, scanner.FrameLength);
            var isOptIn = scanner.ArgumentCount > 1 && Ascii.EqualsIgnoreCase(scanner.Argument(frame, 1), "MAINT_NOTIFICATIONS"u8);
            if (isOptIn && _hidesOptIn)
            {
                Forward(bytes[from..at]);
                Forward(Harmless);
                HasOptedIn = true;
                from = at + frame.Length;
            }

            at += frame.Length;
        }

        Forward(bytes[from..at]);
        return at;
    }

    private void Forward(ReadOnlySpan<byte> commands)
    {
        if (!commands.IsEmpty)
        {
            _toServer.Send(commands.ToArray());
        }
    }

    /// <summary>Sends the whole replies in the bytes on; gives how many bytes that were.</summary>
    private int TakeReplies(ReplyScanner scanner, ref int scanned, ReadOnlySpan<byte> bytes)
    {
        var whole = 0;
        while (scanned < bytes.Length)
        {
            var status = scanner.Scan(bytes[scanned..], out var consumed);
            scanned += consumed;
            if (status != ScanStatus.Complete)
            {
                break;
            }

            whole = scanned;
        }

        scanned -= whole;
        if (whole > 0)
        {
            Reply(bytes[..whole].ToArray());
        }

        return whole;
    }

    private void Reply(byte[] frames)
    {
        lock (_gate)
        {
            if (_holdsReplies)
            {
                _held.Add(frames);
            }
            else
            {
                _toClient.Send(frames);
            }
        }
    }

    private delegate int Taker(ReadOnlySpan<byte> bytes);

    /// <summary>Reads until the end; what the taker leaves comes again with what follows it.</summary>
    private static async Task ReadAsync(Socket from, Taker take)
    {
        var buffer = new byte[BufferSize];
        var filled = 0;
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(filled)).ConfigureAwait(false) is > 0 and var count)
            {
                filled += count;
                var taken = take(buffer.AsSpan(0, filled));
                buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
                filled -= taken;
                if (filled == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }
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
