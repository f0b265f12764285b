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

    /// <summary>Only while a command is half received or waits: an idle session owns none.</summary>
    private RequestScanner? _scanner;

    /// <summary>Only while something is in it.</summary>
    private InputBuffer? _input;

    /// <summary>The scanner has found the command at the beginning of the input, and it is still to be carried out.</summary>
    private bool _isScanned;
    private readonly IConnection _connection;
    private InlineAsArray? _inline;
    private SessionWait _wait;
    private bool _processing;
    private bool _readingPaused;
    private int _atHand;

    public ClientSession(ProxyLoop loop, LoopDatabase database, IConnection connection, int nodeUid)
    {
        (Loop, Database, _connection, NodeUid) = (loop, database, connection, nodeUid);
        Replies = new ReplyQueue(this, connection.Output);
        State = new SessionState(loop.NextClientId(), loop.Io.NowMs);
        connection.KeepAlive(database.Route.Limits.KeepAliveSeconds);
        database.Sessions.Add(State.Id, this);
        loop.Connections++;
        SetAuthenticated(database.Route.Password is null);
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

    /// <summary>How far the command at hand is split by shards, when that takes several turns or it waits.</summary>
    public SplitCommand? Split { get; set; }

    /// <summary>Bytes received and not done with.</summary>
    public long InputBytes => Math.Max(_input?.Length ?? 0, _atHand);

    /// <summary>Bytes it holds: commands not looked at, replies not sent, what MULTI has gathered.</summary>
    public long HeldBytes => InputBytes + OutputBytes + QueuedBytes;

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
        if (_input is null && _wait == SessionWait.None)
        {
            int used = Process(bytes);
            if (used < bytes.Length && !_ended)
            {
                _input = Loop.RentInput();
                _input.Append(bytes[used..]);
                _input.Want(NeededInput);
            }
        }
        else
        {
            (_input ??= Loop.RentInput()).Append(bytes);
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

    /// <summary>Bytes that must stand together for the next command.</summary>
    private long NeededInput => _scanner is null ? 0 : _isScanned ? _scanner.FrameLength : _scanner.MinimumLength;

    private void ProcessInput()
    {
        bool more = _input is not null;
        while (more && _wait == SessionWait.None && !_ended)
        {
            int used = ProcessFront(_input!);
            if (_ended)
            {
                return;
            }

            // A command that is not all there goes on when the front has become longer.
            _input!.Consume(used);
            more = _input.Want(NeededInput) || used > 0;
            if (_input.Length == 0)
            {
                Loop.Return(_input);
                _input = null;
                more = false;
            }
        }
    }

    private int ProcessFront(InputBuffer input)
    {
        // A huge command is not copied on its way to the engine.
        OutputBuffer.Lend(input.FrontBlock);
        try
        {
            return Process(input.Front);
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
        _scanner ??= Loop.RentScanner();
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
            if (!_isScanned)
            {
                _scanner.IsUnauthenticated = !State.Authenticated;
                if (IsPlain && ForwardRun(rest) is > 0 and int taken)
                {
                    offset += taken;
                    continue;
                }
            }

            ScanStatus status = _isScanned ? ScanStatus.Complete : _scanner.Scan(rest);
            _isScanned = false;
            if (status == ScanStatus.NeedMore)
            {
                break;
            }

            if (status == ScanStatus.Invalid)
            {
                EndAfterError(_scanner.Error ?? "Protocol error");
                break;
            }

            _atHand = rest.Length;
            if (_scanner.ArgumentCount > 0 && Take(rest) == CommandOutcome.Wait)
            {
                // What it waits for may have come before the handler returned; then the loop looks at the same command again.
                _isScanned = true;
                continue;
            }

            offset += _scanner.FrameLength;
        }

        _processing = false;
        _atHand = 0;
        if (offset == data.Length && !_isScanned)
        {
            Loop.Return(_scanner);
            _scanner = null;
        }

        return offset;
    }

    private CommandOutcome Take(ReadOnlySpan<byte> data)
    {
        if (!_scanner!.IsInline)
        {
            return Dispatch(_scanner, data);
        }

        _inline ??= new InlineAsArray();
        _inline.Rewrite(_scanner, data);
        return Dispatch(_inline.Scanner, _inline.Bytes);
    }

    /// <summary>The command at hand goes on in the next turn, behind what others want.</summary>
    public CommandOutcome WaitForTurn()
    {
        YieldTurn();
        return CommandOutcome.Wait;
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
        bool pause = _wait != SessionWait.None && InputBytes >= limits.MaxPipelineBytes
            && (InputBytes >= limits.MaxInputBytes || Loop.Plane.Buffers.IsTight);
        if (InputBytes > OutputBuffer.BlockBytes)
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
