using System.Net;
using System.Text;
using System.Threading.Channels;
using Baton.Protocol.Resp;

namespace Baton.Client.Tests.PubSub;

/// <summary>A connection to a scripted server. What the client sends is handled at once; what the server sends may be held.</summary>
internal sealed class ScriptedConnection(ScriptedServer server) : ITransport
{
    private readonly Channel<byte[]> _toClient = Channel.CreateUnbounded<byte[]>();
    private readonly Queue<string> _held = new();
    private readonly RequestScanner _scanner = new();
    private readonly List<byte> _received = [];
    private byte[] _rest = [];

    /// <inheritdoc/>
    public EndPoint? RemoteEndPoint => server.Address;

    /// <summary>What is subscribed to: <c>c:</c>, <c>p:</c> or <c>s:</c> and the name.</summary>
    public HashSet<string> Topics { get; } = [];

    /// <summary>True when one side has ended it.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Frames that wait.</summary>
    public int Held
    {
        get
        {
            lock (server.Gate)
            {
                return _held.Count;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        if (_rest.Length == 0)
        {
            if (!await _toClient.Reader.WaitToReadAsync() || !_toClient.Reader.TryRead(out var next))
            {
                return 0;
            }

            _rest = next;
        }

        var count = Math.Min(_rest.Length, buffer.Length);
        _rest.AsSpan(0, count).CopyTo(buffer.Span);
        _rest = _rest[count..];
        return count;
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        lock (server.Gate)
        {
            if (IsClosed)
            {
                return ValueTask.FromException(new IOException("closed"));
            }

            _received.AddRange(bytes.Span);
            var all = _received.ToArray();
            var position = 0;
            while (position < all.Length && _scanner.Scan(all.AsSpan(position)) == ScanStatus.Complete)
            {
                var frame = all.AsSpan(position);
                var arguments = new string[_scanner.ArgumentCount];
                for (var index = 0; index < arguments.Length; index++)
                {
                    arguments[index] = Encoding.Latin1.GetString(_scanner.Argument(frame, index));
                }

                position += _scanner.FrameLength;
                _scanner.Reset();
                server.Handle(this, arguments);
            }

            _scanner.Reset();
            _received.RemoveRange(0, position);
        }

        return default;
    }

    /// <inheritdoc/>
    public void Abort() => End();

    /// <summary>Either side ends it.</summary>
    public void End()
    {
        lock (server.Gate)
        {
            IsClosed = true;
            _toClient.Writer.TryComplete();
        }
    }

    /// <summary>The server sends a frame.</summary>
    public void Send(string frame)
    {
        lock (server.Gate)
        {
            if (server.HoldsOutput)
            {
                _held.Enqueue(frame);
            }
            else if (frame.Length > 0)
            {
                _toClient.Writer.TryWrite(Encoding.Latin1.GetBytes(frame));
            }
        }
    }

    /// <summary>Lets held frames through.</summary>
    public void Release(int count)
    {
        lock (server.Gate)
        {
            for (; count > 0 && _held.TryDequeue(out var frame); count--)
            {
                _toClient.Writer.TryWrite(Encoding.Latin1.GetBytes(frame));
            }
        }
    }

    /// <summary>A push, or what RESP2 has in its place.</summary>
    public string Push(params object[] items)
    {
        var text = new StringBuilder(server.SpeaksResp2 ? "*" : ">").Append(items.Length).Append("\r\n");
        foreach (var item in items)
        {
            _ = item is int number ? text.Append(':').Append(number).Append("\r\n") : text.Append('$').Append(((string)item).Length).Append("\r\n").Append(item).Append("\r\n");
        }

        return text.ToString();
    }
}
