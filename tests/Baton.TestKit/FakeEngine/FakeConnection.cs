using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;
using Baton.TestKit.Memory;

namespace Baton.TestKit.FakeEngine;

/// <summary>One connection to a <see cref="FakeEngine"/>: authentication, protocol, transactions, subscriptions, blocking.</summary>
internal sealed class FakeConnection : IConnectionHandler
{
    private readonly FakeEngine _engine;
    private readonly IConnection _connection;
    private readonly RequestScanner _scanner = new();
    private readonly OutputBuffer _input = new(static _ => { });
    private readonly Dictionary<(int, string), long> _watched = [];
    private readonly HashSet<(string Kind, string Name)> _listens = [];
    private readonly FakeCommands _commands;
    private List<string[]>? _queued;
    private string[]? _blocked;
    private IDisposable? _blockTimer;
    private long _blockedMs;
    private bool _authenticated;
    private bool _dirty;
    private bool _monitors;

    public FakeConnection(FakeEngine engine, IConnection connection, long id)
    {
        (_engine, _connection, Id) = (engine, connection, id);
        _authenticated = engine.Secret.Length == 0;
        _commands = new FakeCommands(engine);
    }

    public long Id { get; }

    public int Protocol { get; private set; } = 2;

    public int Database { get; set; }

    public bool IsInTransaction => _queued is not null;

    public bool IsBlocked => _blocked is not null;

    public bool RunsScript => _blocked is ["EVAL", ..];

    public long BlockedSince { get; private set; }

    public bool ShowsBlocked => IsBlocked && _engine.Driver.Clock.NowMs - _blockedMs >= _engine.ShowsBlockedAfterMs;

    public OutputBuffer Output => _connection.Output;

    public void Cut() => _connection.Close(CloseReason.SocketError);

    public void Stall(bool on) => ((MemoryConnection)_connection).IsStalled = on;

    void IConnectionHandler.OnConnected()
    {
    }

    void IConnectionHandler.OnOutputDrained()
    {
    }

    void IConnectionHandler.OnReceived(ReadOnlySpan<byte> bytes)
    {
        _input.Append(bytes);
        Run();
    }

    void IConnectionHandler.OnClosed(CloseReason reason, string? detail)
    {
        _engine.Connections.Remove(this);
        _engine.Tracking.Off(this);
        _blockTimer?.Dispose();
    }

    /// <summary>Data may have come for a blocked pop.</summary>
    public void TryServe()
    {
        if (_blocked is ["BLPOP", ..] command && _commands.TryPop(this, command))
        {
            Unblocked();
        }
    }

    /// <summary>CLIENT UNBLOCK.</summary>
    public bool Unblock(bool withError)
    {
        if (_blocked is null)
        {
            return false;
        }

        if (withError)
        {
            RespWriter.WriteError(Output, "UNBLOCKED client unblocked via CLIENT UNBLOCK");
        }
        else if (_blocked[0] is "WAIT")
        {
            RespWriter.WriteInteger(Output, _engine.Acknowledging);
        }
        else
        {
            RespWriter.WriteNullArray(Output, Protocol);
        }

        Unblocked();
        return true;
    }

    /// <summary>Delivers a published message to this connection as often as it listens; returns how often.</summary>
    public int Deliver(string channel, string message, bool sharded = false)
    {
        int told = 0;
        if (_listens.Contains((sharded ? "s" : "", channel)))
        {
            told++;
            WriteMessage(sharded ? "smessage" : "message", channel, message);
        }

        foreach ((string _, string pattern) in _listens.Where(each => !sharded && each.Kind == "p" && Matches(each.Name, channel)))
        {
            told++;
            WriteMessage("pmessage", pattern, channel, message);
        }

        return told;
    }

    private void Show(string[] command)
    {
        if (_monitors && !command[0].Equals("MONITOR", StringComparison.OrdinalIgnoreCase)) // an administrator's command, which Redis does not show
        {
            Answer($"+0.0 [0 fake] {string.Join(' ', command.Select(static word => $"\"{word}\""))}\r\n");
        }
    }

    // Patterns of tests are a beginning and a star.
    private static bool Matches(string pattern, string channel) => channel.StartsWith(pattern.TrimEnd('*'), StringComparison.Ordinal);

    private void WriteMessage(params string[] parts)
    {
        RespWriter.WritePushHeader(Output, parts.Length, Protocol);
        Array.ForEach(parts, part => RespWriter.WriteBulk(Output, Encoding.Latin1.GetBytes(part)));
    }

    private void Run()
    {
        while (_input.Length > 0 && _blocked is null && _scanner.Scan(_input.Pending) == ScanStatus.Complete)
        {
            string[] command = new string[_scanner.ArgumentCount];
            for (int i = 0; i < command.Length; i++)
            {
                command[i] = Encoding.Latin1.GetString(_scanner.Argument(_input.Pending, i));
            }

            _input.Consume(_scanner.FrameLength);
            _engine.Received.Add(string.Join(' ', command));
            _engine.Connections.ForEach(each => each.Show(command));
            command[0] = command[0].ToUpperInvariant();
            Execute(command);
            _engine.Tracking.AfterCommand(this, command[0]);
        }
    }

    private void Execute(string[] command)
    {
        if (!_authenticated && command[0] != "AUTH")
        {
            RespWriter.WriteError(Output, "NOAUTH Authentication required.");
        }
        else if (_engine.Answers.TryGetValue(string.Join(' ', command).ToUpperInvariant(), out string? answer))
        {
            Answer(answer);
        }
        else if (_queued is not null && command[0] is not ("EXEC" or "DISCARD"))
        {
            _queued.Add(command);
            RespWriter.WriteSimple(Output, "QUEUED");
        }
        else if (!ExecuteConnection(command))
        {
            if (command is ["EVAL", "loop", ..])
            {
                _blocked = command; // until SCRIPT KILL
            }
            else if (command[0] is "WAIT" && _engine.Acknowledging < int.Parse(command[1], CultureInfo.InvariantCulture))
            {
                Block(command);
            }
            else if (command[0] is "WAIT")
            {
                RespWriter.WriteInteger(Output, _engine.Acknowledging);
            }
            else if (command[0] is "BLPOP" && !_commands.TryPop(this, command))
            {
                Block(command);
            }
            else if (command[0] is not "BLPOP")
            {
                _commands.Execute(this, command);
            }
        }
    }

    private bool ExecuteConnection(string[] command)
    {
        switch (command[0])
        {
            case "AUTH":
                _authenticated = command[^1] == _engine.Secret;
                Answer(_authenticated ? "+OK\r\n" : "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
                return true;
            case "HELLO":
                Protocol = int.Parse(command[1], CultureInfo.InvariantCulture);
                Answer(Protocol == 3 ? "%1\r\n$5\r\nproto\r\n:3\r\n" : "*2\r\n$5\r\nproto\r\n:2\r\n");
                return true;
            case "SELECT":
                int database = int.Parse(command[1], CultureInfo.InvariantCulture);
                Database = database < 16 ? database : Database;
                Answer(database < 16 ? "+OK\r\n" : "-ERR DB index is out of range\r\n");
                return true;
            case "MULTI":
                _queued = [];
                Answer("+OK\r\n");
                return true;
            case "EXEC":
                Exec();
                return true;
            case "WATCH":
                foreach (string key in command[1..])
                {
                    _watched[(Database, key)] = _engine.Store.VersionOf(Database, key);
                }

                Answer("+OK\r\n");
                return true;
            case "SUBSCRIBE" or "UNSUBSCRIBE" or "PSUBSCRIBE" or "PUNSUBSCRIBE" or "SSUBSCRIBE" or "SUNSUBSCRIBE":
                Subscribe(command);
                return true;
            case "MONITOR":
                _monitors = true;
                Answer("+OK\r\n");
                return true;
            case "CLIENT":
                Client(command);
                return true;
            default:
                return false;
        }
    }

    private void Client(string[] command)
    {
        switch (command[1].ToUpperInvariant())
        {
            case "INFO":
                RespWriter.WriteBulk(Output, $"id={Id} addr=fake flags=N db={Database} user=default resp={Protocol}\n");
                break;
            case "ID":
                RespWriter.WriteInteger(Output, Id);
                break;
            case "LIST":
                RespWriter.WriteBulk(Output, string.Concat(_engine.Connections.Where(each => command.Contains($"{each.Id}"))
                    .Select(each => $"id={each.Id} addr=fake flags={(each.ShowsBlocked ? "b" : "N")} cmd=x\n")));
                break;
            case "TRACKING":
                _engine.Tracking.Set(this, command);
                break;
            case "CACHING":
                _engine.Tracking.Caching(this, command[2]);
                Answer("+OK\r\n");
                break;
            case "UNBLOCK":
                FakeConnection? other = _engine.Connections.Find(each => each.Id == long.Parse(command[2], CultureInfo.InvariantCulture));
                RespWriter.WriteInteger(Output, other?.Unblock(command.Length > 3 && command[3] == "ERROR") == true ? 1 : 0);
                break;
            default:
                Answer("+OK\r\n");
                break;
        }
    }

    private void Exec()
    {
        List<string[]>? queued = _queued;
        _queued = null;
        _dirty = _watched.Any(watch => _engine.Store.VersionOf(watch.Key.Item1, watch.Key.Item2) != watch.Value);
        _watched.Clear();
        if (queued is null)
        {
            RespWriter.WriteError(Output, "ERR EXEC without MULTI");
        }
        else if (_dirty)
        {
            RespWriter.WriteNullArray(Output, Protocol);
        }
        else
        {
            RespWriter.WriteArrayHeader(Output, queued.Count);
            foreach (string[] command in queued)
            {
                if (!ExecuteConnection(command))
                {
                    _commands.Execute(this, command);
                }
            }
        }
    }

    private void Subscribe(string[] command)
    {
        string kind = command[0][0] is 'P' or 'S' && command[0] is not "SUBSCRIBE" ? command[0][..1].ToLowerInvariant() : "";
        foreach (string channel in command[1..])
        {
            _ = command[0].Contains("UNSUB", StringComparison.Ordinal) ? _listens.Remove((kind, channel)) : _listens.Add((kind, channel));
            RespWriter.WritePushHeader(Output, 3, Protocol);
            RespWriter.WriteBulk(Output, command[0].ToLowerInvariant());
            RespWriter.WriteBulk(Output, channel);
            RespWriter.WriteInteger(Output, _listens.Count);
        }
    }

    private void Block(string[] command)
    {
        _blocked = command;
        BlockedSince = _engine.NextBlockOrder();
        _blockedMs = _engine.Driver.Clock.NowMs;
        double seconds = double.Parse(command[^1], CultureInfo.InvariantCulture) / (command[0] is "WAIT" ? 1000 : 1);
        if (seconds > 0)
        {
            ILoop loop = _engine.Driver.Outside;
            _blockTimer = loop.At(loop.NowMs + (long)(seconds * 1000), () => Unblock(withError: false));
        }
    }

    private void Unblocked()
    {
        _blocked = null;
        _blockTimer?.Dispose();
        _blockTimer = null;
        Run();
    }

    private void Answer(string frame) => Output.Append(Encoding.Latin1.GetBytes(frame));
}
