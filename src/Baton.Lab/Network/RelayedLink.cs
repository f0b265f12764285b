using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Lab;

/// <summary>One connection through a <see cref="HandoffRelay"/>. Whole frames travel, so that any moment is a frame boundary. Thread-safe.</summary>
public sealed class RelayedLink : IAsyncDisposable
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
    private readonly Queue<string?> _wishes = new();
    private readonly RelaySettings _settings;
    private readonly TimeProvider _time;
    private readonly Action<string> _optedIn;
    private readonly Func<byte[]?> _standing;
    private Stream _stream;
    private Task _ended = Task.CompletedTask;
    private byte[]? _told;
    private bool _holdsReplies;
    private bool _hasOptedIn;
    private volatile bool _isClosed;

    internal RelayedLink(
        Socket client, Socket upstream, RelaySettings settings, TimeProvider time, Action<string> optedIn, Func<byte[]?> standing)
    {
        (_client, _upstream, _settings, _time, _optedIn, _standing) = (client, upstream, settings, time, optedIn, standing);
        _holdsReplies = settings.IsMute;
        _stream = new NetworkStream(client);
        _toServer = new DelayLine(time, SendToServer) { Delay = settings.RoundTrip / 2 };
        _toClient = new DelayLine(time, SendToClient) { Delay = settings.RoundTrip / 2 };
    }

    private delegate int Taker(ReadOnlySpan<byte> bytes);

    /// <summary>True when either side has closed it.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>True when the client has been told that its opt-in is taken.</summary>
    public bool HasOptedIn => Volatile.Read(ref _hasOptedIn);

    /// <summary>Keeps replies here, or lets them go; commands go on being run.</summary>
    public void Stall(bool isStalled)
    {
        lock (_gate)
        {
            _holdsReplies = isStalled;
            if (!isStalled)
            {
                _held.ForEach(Deliver);
                _held.Clear();
            }
        }
    }

    /// <summary>Sends a frame to the client if it has opted in, before replies that are held; once, though the opt-in may have brought it.</summary>
    public void Tell(byte[] frame)
    {
        lock (_gate)
        {
            TellStanding(frame);
        }
    }

    /// <summary>Sends a frame to the client, before replies that are held.</summary>
    public void Push(byte[] frame)
    {
        if (!_isClosed)
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

    /// <summary>Lets both directions flow.</summary>
    internal void Start() => _ended = RunAsync();

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
        try
        {
            await SecureAsync().ConfigureAwait(false);
            await Task.WhenAll(ReadCommandsAsync(), ReadRepliesAsync()).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEnd(e))
        {
            Close(abruptly: true);
        }

        _toServer.Dispose();
        _toClient.Dispose();
    }

    private async Task SecureAsync()
    {
        if (_settings.Certificate is { } certificate)
        {
            var secured = new SslStream(_stream);
            await secured.AuthenticateAsServerAsync(certificate).ConfigureAwait(false);
            _stream = secured;
        }
    }

    private async Task ReadCommandsAsync()
    {
        var scanner = new RequestScanner();
        await ReadAsync(_stream, bytes => TakeCommands(scanner, bytes)).ConfigureAwait(false);
        _isClosed = true;
        _upstream.Dispose();
    }

    private async Task ReadRepliesAsync()
    {
        var scanner = new ReplyScanner();
        var scanned = 0;
        await using var upstream = new NetworkStream(_upstream);
        await ReadAsync(upstream, bytes => TakeReplies(scanner, ref scanned, bytes)).ConfigureAwait(false);
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
            var isOptIn = _settings.AcceptsOptIn && scanner.ArgumentCount > 2
                && Ascii.EqualsIgnoreCase(scanner.Argument(frame, 1), "MAINT_NOTIFICATIONS"u8);
            Expect(!isOptIn ? null : scanner.ArgumentCount > 4 ? Encoding.Latin1.GetString(scanner.Argument(frame, 4)) : "");
            if (isOptIn)
            {
                Forward(bytes[from..at]);
                Forward(Harmless);
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

    /// <summary>A reply will come; the words behind ON, if it is the opt-in's.</summary>
    private void Expect(string? wish)
    {
        lock (_gate)
        {
            if (!_hasOptedIn && _settings.AcceptsOptIn)
            {
                _wishes.Enqueue(wish);
            }
        }
    }

    /// <summary>Sends the whole replies in the bytes on; gives how many bytes that were.</summary>
    private int TakeReplies(ReplyScanner scanner, ref int scanned, ReadOnlySpan<byte> bytes)
    {
        var (sent, whole) = (0, 0);
        while (scanned < bytes.Length)
        {
            var status = scanner.Scan(bytes[scanned..], out var consumed);
            scanned += consumed;
            if (status != ScanStatus.Complete)
            {
                break;
            }

            whole = scanned;
            if (!HasOptedIn)
            {
                // One by one, for one of them is the opt-in's.
                Reply(bytes[sent..whole].ToArray());
                sent = whole;
            }
        }

        if (whole > sent)
        {
            Reply(bytes[sent..whole].ToArray());
        }

        scanned -= whole;
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
                Deliver(frames);
            }
        }
    }

    private void Deliver(byte[] reply)
    {
        _toClient.Send(reply);
        if (!_hasOptedIn && reply[0] != '>' && _wishes.TryDequeue(out var wish) && wish is not null)
        {
            Volatile.Write(ref _hasOptedIn, true);
            _optedIn(wish);
            TellStanding(_standing());
        }
    }

    private void TellStanding(byte[]? frame)
    {
        if (_hasOptedIn && !_isClosed && frame is not null && !ReferenceEquals(frame, _told))
        {
            _told = frame;
            _toClient.Send(frame);
        }
    }

    private void SendToServer(byte[]? bytes)
    {
        try
        {
            _upstream.Send(bytes!);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // It is gone already.
        }
    }

    private void SendToClient(byte[]? bytes)
    {
        try
        {
            if (bytes is null)
            {
                _client.Shutdown(SocketShutdown.Both);
            }
            else
            {
                _stream.Write(bytes);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // It is gone already.
        }
    }

    /// <summary>Reads until the end; what the taker leaves comes again with what follows it.</summary>
    private static async Task ReadAsync(Stream from, Taker take)
    {
        var buffer = new byte[BufferSize];
        var filled = 0;
        try
        {
            while (await from.ReadAsync(buffer.AsMemory(filled)).ConfigureAwait(false) is > 0 and var count)
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
        catch (Exception e) when (IsEnd(e))
        {
            // One side is gone; the other follows.
        }
    }

    private static bool IsEnd(Exception e) =>
        e is SocketException or ObjectDisposedException or IOException or AuthenticationException or InvalidOperationException;
}
