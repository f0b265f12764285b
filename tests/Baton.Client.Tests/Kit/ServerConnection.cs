using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Client.Tests.Kit;

/// <summary>
/// The server's end of a connection in memory: reads commands, gives each to its place's answer, and sends what a test tells it to, at any moment.
/// </summary>
internal sealed class ServerConnection
{
    private readonly Lock _gate = new();
    private readonly RequestScanner _scanner = new();
    private readonly List<string[]> _commands = [];
    private readonly DelayLine _toClient;
    private readonly List<string> _held = [];
    private byte[] _pending = [];
    private bool _holdsReplies;

    public ServerConnection(Place place, TimeProvider time)
    {
        Place = place;
        Transport = new MemoryTransport(place.Address, time, Receive);
        _toClient = new DelayLine(time, Transport.Arrive);
    }

    /// <summary>Where it came in.</summary>
    public Place Place { get; }

    /// <summary>The client's end.</summary>
    public MemoryTransport Transport { get; }

    /// <summary>The way to the client.</summary>
    public DelayLine ToClient => _toClient;

    /// <summary>True after CLIENT MAINT_NOTIFICATIONS ON was accepted.</summary>
    public bool HasOptedIn { get; set; }

    /// <summary>2 or 3.</summary>
    public int Protocol { get; set; } = 2;

    /// <summary>True when the client has closed it, or the server.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>When it was closed, on the test's clock.</summary>
    public TimeSpan ClosedAt { get; private set; }

    /// <summary>Everything the client has asked, in order.</summary>
    public IReadOnlyList<string[]> Commands
    {
        get
        {
            lock (_gate)
            {
                return [.. _commands];
            }
        }
    }

    /// <summary>The same without the greeting, each as one line.</summary>
    public IReadOnlyList<string> Asked => [.. Commands.Select(words => string.Join(' ', words)).Where(line => !IsGreeting(line))];

    /// <summary>While set, commands are run and their replies wait: a stalled network, or a server that froze after the work.</summary>
    public bool HoldsReplies
    {
        get => _holdsReplies;
        set
        {
            string[] replies = [];
            lock (_gate)
            {
                _holdsReplies = value;
                if (!value)
                {
                    replies = [.. _held];
                    _held.Clear();
                }
            }

            Array.ForEach(replies, Write);
        }
    }

    /// <summary>Sends a reply, or whatever else.</summary>
    public void Reply(string text)
    {
        lock (_gate)
        {
            if (_holdsReplies)
            {
                _held.Add(text);
                return;
            }
        }

        Write(text);
    }

    /// <summary>Sends a push, before replies that are held back.</summary>
    public void Push(string frame) => Write(frame);

    /// <summary>Closes, behind everything that was sent.</summary>
    public void Close()
    {
        MarkClosed();
        _toClient.Send(null);
    }

    /// <summary>The network fails at once, for both sides.</summary>
    public void Cut()
    {
        MarkClosed();
        _toClient.Dispose();
        Transport.ToServer.Dispose();
        Transport.Fail(new IOException("The connection was cut."));
    }

    private static bool IsGreeting(string line) =>
        line.StartsWith("HELLO", StringComparison.Ordinal) || line.StartsWith("CLIENT SET", StringComparison.Ordinal)
        || line.StartsWith("CLIENT MAINT", StringComparison.Ordinal);

    private void Write(string text)
    {
        if (text.Length > 0)
        {
            _toClient.Send(Encoding.Latin1.GetBytes(text));
        }
    }

    private void MarkClosed()
    {
        if (!IsClosed)
        {
            IsClosed = true;
            ClosedAt = Place.Network.Now;
            Place.Network.OnClosed(this);
        }
    }

    private void Receive(byte[]? bytes)
    {
        if (bytes is null)
        {
            MarkClosed();
            return;
        }

        _pending = [.. _pending, .. bytes];
        while (!IsClosed && _pending.Length > 0 && _scanner.Scan(_pending) == ScanStatus.Complete)
        {
            var words = Enumerable.Range(0, _scanner.ArgumentCount)
                .Select(index => Encoding.Latin1.GetString(_scanner.Argument(_pending, index))).ToArray();
            _pending = _pending[_scanner.FrameLength..];
            _scanner.Reset();
            lock (_gate)
            {
                _commands.Add(words);
            }

            if (Place.Answer(this, words) is { } reply)
            {
                Reply(reply);
            }
        }
    }
}
