using System.Net.Sockets;
using System.Text;
using Baton.TestKit.Resp;

namespace Baton.Conformance.Tests.Differential;

/// <summary>
/// A connection that reads what comes, in the order it comes: replies, pushes, or the end. Nothing it does fails; what went wrong is a frame of
/// its own kind (<c>!closed</c>, <c>!silent</c>), to be compared like any other.
/// </summary>
public sealed class Wire : IDisposable
{
    /// <summary>Longest wait for one frame.</summary>
    public const int LimitMs = 15_000;

    private static readonly RespValue Closed = new('!', "closed", null, "!closed");
    private static readonly RespValue Silent = new('!', "silent", null, "!silent");
    private readonly Socket _socket;
    private readonly RespDecoder _decoder = new();
    private readonly Queue<RespValue> _frames = new();
    private readonly byte[] _buffer = new byte[256 * 1024];

    private Wire(Socket socket) => _socket = socket;

    /// <summary>It has ended, or was silent, and what comes now can no longer be told apart.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Connects.</summary>
    public static Wire Open(string host, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = LimitMs,
            SendTimeout = LimitMs,
            LingerState = new LingerOption(true, 0), // thousands of these must not wait for their ports
        };
        socket.Connect(host, port);
        return new Wire(socket);
    }

    /// <summary>Sends bytes.</summary>
    public void Send(string latin1)
    {
        try
        {
            _socket.Send(Encoding.Latin1.GetBytes(latin1));
        }
        catch (SocketException)
        {
            // The end is seen when its frame is read.
        }
    }

    /// <summary>The next frame.</summary>
    public RespValue Read()
    {
        while (_frames.Count == 0)
        {
            if (IsDone)
            {
                return Closed;
            }

            Receive();
        }

        return _frames.Dequeue();
    }

    /// <summary>A command's bytes.</summary>
    public static string Encode(IReadOnlyList<string> words) =>
        string.Concat(words.Select(word => $"${word.Length}\r\n{word}\r\n").Prepend($"*{words.Count}\r\n"));

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Receive()
    {
        try
        {
            var read = _socket.Receive(_buffer);
            foreach (var frame in read == 0 ? [Closed] : _decoder.Feed(_buffer.AsSpan(0, read)))
            {
                _frames.Enqueue(frame);
            }

            IsDone = read == 0;
        }
        catch (SocketException error)
        {
            IsDone = true;
            _frames.Enqueue(error.SocketErrorCode == SocketError.TimedOut ? Silent : Closed);
        }
        catch (FormatException error)
        {
            IsDone = true;
            _frames.Enqueue(new RespValue('!', error.Message, null, "!" + error.Message));
        }
    }
}
