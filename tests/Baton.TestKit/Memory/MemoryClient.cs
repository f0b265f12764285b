using System.Net;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;

namespace Baton.TestKit.Memory;

/// <summary>A client of a <see cref="MemoryDriver"/>: sends commands, collects whole frames as text.</summary>
public sealed class MemoryClient : IConnectionHandler
{
    private readonly MemoryDriver _driver;
    private readonly OutputBuffer _received = new(static _ => { });
    private readonly IConnection _connection;
    private bool _paused;

    /// <summary>Connects.</summary>
    public MemoryClient(MemoryDriver driver, EndPoint address)
    {
        _driver = driver;
        _connection = driver.Outside.Connect(address, this);
    }

    /// <summary>Whole frames not taken yet, in <c>\r\n</c> text.</summary>
    public Queue<string> Frames { get; } = new();

    /// <summary>All bytes ever received, as Latin-1 text.</summary>
    public StringBuilder Everything { get; } = new();

    /// <summary>Why it ended, or null.</summary>
    public CloseReason? Closed { get; private set; }

    /// <summary>Bytes it has written and the proxy has not read.</summary>
    public long UnsentBytes => _connection.Output.Length;

    /// <summary>Its address as the proxy sees it.</summary>
    public EndPoint Address => _connection.LocalAddress!;

    /// <summary>Sends one command.</summary>
    public MemoryClient Send(params ReadOnlySpan<string> arguments)
    {
        RespWriter.WriteCommand(_connection.Output, arguments);
        return this;
    }

    /// <summary>Sends bytes.</summary>
    public void SendRaw(ReadOnlySpan<byte> bytes) => _connection.Output.Append(bytes);

    /// <summary>Sends text as Latin-1.</summary>
    public void SendRaw(string text) => SendRaw(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends one command and waits for one frame.</summary>
    public string Ask(params ReadOnlySpan<string> arguments) => Send(arguments).Next();

    /// <summary>Waits for the next frame.</summary>
    public string Next()
    {
        _driver.RunUntil(() => Frames.Count > 0 || Closed is not null);
        return Frames.TryDequeue(out string? frame) ? frame : $"closed: {Closed}";
    }

    /// <summary>Waits for several frames.</summary>
    public string[] Next(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    /// <summary>Waits until it is closed.</summary>
    public CloseReason WaitClosed()
    {
        _driver.RunUntil(() => Closed is not null);
        _driver.Settle();
        return Closed!.Value;
    }

    /// <summary>Reads nothing until <see cref="ResumeReading"/>.</summary>
    public void StopReading()
    {
        _paused = true;
        _connection.PauseReading();
    }

    /// <summary>Reads again.</summary>
    public void ResumeReading()
    {
        _paused = false;
        _connection.ResumeReading();
    }

    /// <summary>Will send no more, and still reads.</summary>
    public void EndOutput() => ((MemoryConnection)_connection).EndOutput();

    /// <summary>Hangs up.</summary>
    public void Close() => _connection.Close(CloseReason.ClosedByPeer);

    void IConnectionHandler.OnConnected()
    {
    }

    void IConnectionHandler.OnReceived(ReadOnlySpan<byte> bytes)
    {
        Everything.Append(Encoding.Latin1.GetString(bytes));
        _received.Append(bytes);
        ReplyScanner scanner = new();
        while (_received.Length > 0 && !_paused)
        {
            if (scanner.Scan(_received.Pending, out int length) != ScanStatus.Complete)
            {
                break;
            }

            Frames.Enqueue(Encoding.Latin1.GetString(_received.Pending[..length]));
            _received.Consume(length);
        }
    }

    void IConnectionHandler.OnOutputDrained()
    {
    }

    void IConnectionHandler.OnClosed(CloseReason reason, string? detail) => Closed = reason;
}
