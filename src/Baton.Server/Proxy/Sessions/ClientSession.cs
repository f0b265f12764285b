using Baton.Protocol.Resp;
using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// One client connection: finds commands in its bytes and carries them out one after the other. Commands are looked at where they
/// were received;
/// only an unfinished or waiting tail is copied. Belongs to its loop's thread.
/// </summary>
internal sealed partial class ClientSession : IConnectionHandler, IReplyQueueOwner
{
    /// <summary>Commands carried out in one turn: a client that sends many must not keep the others waiting.</summary>
    internal const int MaxCommandsPerTurn = 1000;

    private readonly RequestScanner _scanner = new();
    private readonly InputBuffer _input = new();
    private readonly IConnection _connection;
    private InlineCommand? _inline;
    private SessionWait _wait;
    private bool _processing;
    private bool _readingPaused;

    public ClientSession(ProxyLoop loop, LoopDatabase database, IConnection connection, int nodeUid)
    {
        (Loop, Database, _connection, NodeUid) = (loop, database, connection, nodeUid);
        Replies = new ReplyQueue(this, connection.Output);
        State = new SessionState(loop.NextClientId(), loop.Io.NowMs) { Authenticated = database.Route.Password is null };
        database.Sessions.Add(State.Id, this);
        loop.Connections++;
    }

    /// <summary>Its loop.</summary>
    public ProxyLoop Loop { get; }

    /// <summary>The database it came to.</summary>
    public LoopDatabase Database { get; }

    /// <summary>The node whose listener accepted it.</summary>
    public int NodeUid { get; }

    /// <summary>Name, protocol, SELECTed database ...</summary>
    public SessionState State { get; }

    /// <summary>The order of its replies.</summary>
    public ReplyQueue Replies { get; private set; }

    /// <summary>The peer.</summary>
    public System.Net.EndPoint? RemoteAddress => _connection.RemoteAddress;

    /// <summary>Our side.</summary>
    public System.Net.EndPoint? LocalAddress => _connection.LocalAddress;

    /// <summary>What it waits for.</summary>
    public SessionWait Waits => _wait;

    /// <summary>Bytes received and not looked at yet.</summary>
    public long InputBytes => _input.Length;

    /// <summary>Bytes it holds: commands not looked at, replies not sent, what MULTI has gathered.</summary>
    public long HeldBytes => _input.Length + OutputBytes + QueuedBytes;

    void IConnectionHandler.OnConnected()
    {
    }

    void IConnectionHandler.OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (_ended || (_wait & SessionWait.Ending) != 0)
        {
            return;
        }

        State.LastSeenMs = Loop.Io.NowMs;
        if (_input.Length == 0 && _wait == SessionWait.None)
        {
            int used = Process(bytes);
            if (used < bytes.Length && !_ended)
            {
                _input.Append(bytes[used..]);
                _input.Want(_scanner.MinimumLength);
            }
        }
        else
        {
            _input.Append(bytes);
            ProcessInput();
        }

        UpdateReading();
    }

    /// <summary>Waits for one more thing.</summary>
    public CommandOutcome WaitFor(SessionWait reason)
    {
        _wait |= reason;
        return CommandOutcome.Wait;
    }

    /// <summary>One thing it waited for has come; goes on when it was the last.</summary>
    public void Resume(SessionWait reason)
    {
        _wait &= ~reason;
        if (!_processing)
        {
            ProcessInput();
            UpdateReading();
        }
    }

    /// <summary>The hold it was parked for is over.</summary>
    public void Unpark()
    {
        if (!_ended)
        {
            Resume(SessionWait.Hold);
        }
    }

    private void ProcessInput()
    {
        bool more = _input.Length > 0;
        while (more && _wait == SessionWait.None && !_ended)
        {
            int used = ProcessFront();
            if (_ended)
            {
                return;
            }

            // A command that is not all there goes on when the front has become longer.
            _input.Consume(used);
            more = _input.Want(_scanner.MinimumLength);
        }
    }

    private int ProcessFront()
    {
        // A huge command is not copied on its way to the engine.
        OutputBuffer.Lend(_input.FrontBlock);
        try
        {
            return Process(_input.Front);
        }
        finally
        {
            OutputBuffer.Lend(null);
        }
    }

    /// <summary>Carries out the commands in <paramref name="data"/>; returns how many bytes are done with.</summary>
    private int Process(ReadOnlySpan<byte> data)
    {
        _processing = true;
        int offset = 0;
        int left = MaxCommandsPerTurn;
        while (offset < data.Length && _wait == SessionWait.None && !_ended)
        {
            NoteLoad();
            if (left-- == 0)
            {
                YieldTurn();
            }

            if (_wait != SessionWait.None)
            {
                break;
            }

            ReadOnlySpan<byte> rest = data[offset..];
            _scanner.IsUnauthenticated = !State.Authenticated;
            if (IsPlain && ForwardRun(rest) is > 0 and int taken)
            {
                offset += taken;
                continue;
            }

            ScanStatus status = _scanner.Scan(rest);
            if (status == ScanStatus.NeedMore)
            {
                break;
            }

            if (status == ScanStatus.Invalid)
            {
                EndAfterError(_scanner.Error ?? "Protocol error");
                break;
            }

            if (_scanner.ArgumentCount > 0 && Take(rest) == CommandOutcome.Wait)
            {
                // What it waits for may have come before the handler returned; then the loop looks at the same command again.
                continue;
            }

            offset += _scanner.FrameLength;
        }

        _processing = false;
        return offset;
    }

    private CommandOutcome Take(ReadOnlySpan<byte> data)
    {
        if (!_scanner.IsInline)
        {
            return Dispatch(_scanner, data);
        }

        _inline ??= new InlineCommand();
        _inline.Rewrite(_scanner, data);
        return Dispatch(_inline.Scanner, _inline.Bytes);
    }

    // The rest waits for its turn behind what others want.
    private void YieldTurn()
    {
        _wait |= SessionWait.Turn;
        Loop.Io.Post(() =>
        {
            if (!_ended)
            {
                Resume(SessionWait.Turn);
            }
        });
    }

    private void UpdateReading()
    {
        CheckInputEnded();
        if (_ended)
        {
            return;
        }

        // What it writes ahead is taken in, as a server does: it may write everything before it reads anything.
        ProxyLimits limits = Database.Route.Limits;
        bool pause = _wait != SessionWait.None && _input.Length >= limits.MaxPipelineBytes
            && (_input.Length >= limits.MaxInputBytes || Loop.Plane.Buffers.IsTight);
        if (_input.Length > OutputBuffer.BlockBytes)
        {
            Loop.Plane.Buffers.Check(Loop);
        }

        if (pause != _readingPaused)
        {
            _readingPaused = pause;
            if (pause)
            {
                _connection.PauseReading();
            }
            else
            {
                _connection.ResumeReading();
            }
        }
    }
}
