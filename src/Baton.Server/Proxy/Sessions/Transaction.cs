using Baton.Protocol.Commands;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// A MULTI being gathered. The commands go upstream as one unit at EXEC, so that no transaction straddles a switch:
/// <code>
/// MULTI  SET a 1  INCR b        kept here, each answered +QUEUED
/// EXEC                     ->   MULTI SET a 1 INCR b EXEC in one piece; only EXEC's reply is passed on
/// </code>
/// </summary>
internal sealed class Transaction
{
    private readonly OutputBuffer _commands = new();
    private readonly List<(int Place, byte[] Command)> _forSession = [];
    private readonly List<(int Place, int Database)> _selects = [];
    private readonly Dictionary<int, ScanStep> _scans = [];
    private bool _hasScans;
    private OutputBuffer? _lapsed;
    private int _sessionBytes;

    public Transaction() => RespWriter.WriteCommand(_commands, "MULTI");

    /// <summary>Sees one queued command.</summary>
    public delegate void CommandVisitor(CommandFrame command);

    /// <summary>Commands for the engine.</summary>
    public int Count { get; private set; }

    /// <summary>Commands queued.</summary>
    public int Queued => Count + _forSession.Count;

    /// <summary>Bytes gathered.</summary>
    public long Bytes => _commands.Length + (_lapsed?.Length ?? 0) + _sessionBytes;

    /// <summary>Commands the proxy carries out, each with the number of engine commands before it.</summary>
    public IReadOnlyList<(int Place, byte[] Command)> ForSession => _forSession;

    /// <summary>SELECTs, each with the number of engine commands before it; a database that is no number is -1.</summary>
    public IReadOnlyList<(int Place, int Database)> Selects => _selects;

    /// <summary>Scans, by the number of engine commands before each; there when the commands have been written.</summary>
    public IReadOnlyDictionary<int, ScanStep> Scans => _scans;

    /// <summary>When it has run, the session is another, or answers are the proxy's to change.</summary>
    public bool ConcernsSession => _hasScans || _forSession.Count + _selects.Count > 0;

    /// <summary>A command was refused when it was queued: EXEC aborts.</summary>
    public bool IsTainted { get; private set; }

    /// <summary>A command that runs, loads or forgets scripts is among them.</summary>
    public bool HasScripts { get; private set; }

    /// <summary>A PUBLISH is among them.</summary>
    public bool Publishes { get; private set; }

    /// <summary>A command that may write is among them.</summary>
    public bool MayWrite { get; private set; }

    /// <summary>The slot all keys so far have, or -1.</summary>
    public int Slot { get; private set; } = -1;

    /// <summary>MULTI and the commands; whoever sends them may take them.</summary>
    public OutputBuffer Commands => _commands;

    /// <summary>What takes away keys whose time is over, for engines that need it (<see cref="LapsedKeys"/>), or null; who sends it may take it.</summary>
    public OutputBuffer? Lapsed => _lapsed;

    /// <summary>Commands in <see cref="Lapsed"/>.</summary>
    public int LapsedCount { get; private set; }

    /// <summary>EXEC will abort.</summary>
    public void Taint() => IsTainted = true;

    /// <summary>Adds a command.</summary>
    public void Add(CommandFrame command, int slot)
    {
        _commands.Append(command.Bytes);
        MayWrite |= ClientPause.MayWrite(command);
        Publishes |= command.Entry.Info.Name is "PUBLISH" or "SPUBLISH";
        HasScripts |= command.Entry.Info.Is(CommandFlags.Script) || command.Entry.Info.Name.StartsWith("SCRIPT|", StringComparison.Ordinal);
        if (command.Entry.Info.Name == "SELECT")
        {
            _selects.Add((Count, command.TryInteger(1, out long database) && database is >= 0 and <= int.MaxValue ? (int)database : -1));
        }

        if (LapsedKeys.Concern(command.Entry.Info.Name))
        {
            LapsedKeys.Write(_lapsed ??= new OutputBuffer(), command);
            LapsedCount++;
        }

        _hasScans |= ScanStep.IsScan(command.Entry.Info.Name);
        Count++;
        Slot = slot >= 0 ? slot : Slot;
    }

    /// <summary>Adds a command that the proxy carries out in its place.</summary>
    public void AddForSession(CommandFrame command)
    {
        _forSession.Add((Count, command.Bytes.ToArray()));
        _sessionBytes += command.Bytes.Length;
    }

    /// <summary>The keys its commands may write, when it begins in a database.</summary>
    public NamedKeys NamedKeys(int database)
    {
        NamedKeys written = new();
        ForEach(command =>
        {
            if (command.Entry.Info.Name == "SELECT" && command.TryInteger(1, out long selected))
            {
                database = (int)selected;
            }

            written.Add(database, command);
        });
        return written;
    }

    /// <summary>MULTI and the commands as the shard's instance needs them: cursors of scans are the client's until then.</summary>
    public void WriteCommands(LoopShard shard, OutputBuffer output)
    {
        if (!_hasScans)
        {
            _commands.MoveTo(output);
            return;
        }

        RequestScanner scanner = new();
        ReadOnlySpan<byte> rest = _commands.Pending;
        for (int place = -1; !rest.IsEmpty && scanner.Scan(rest) == ScanStatus.Complete; place++) // -1: MULTI
        {
            if (CommandCatalog.Find(scanner.Argument(rest, 0), default) is { } entry && ScanStep.IsScan(entry.Info.Name)
                && ScanStep.TryBegin(new CommandFrame(scanner, rest, entry), shard, shard.Database, out ScanStep? step))
            {
                _scans[place] = step!;
                step!.WriteCommand(new CommandFrame(scanner, rest, entry), output);
            }
            else
            {
                output.Append(rest[..scanner.FrameLength]);
            }

            rest = rest[scanner.FrameLength..];
        }
    }

    /// <summary>Looks at the commands again, in their order.</summary>
    public void ForEach(CommandVisitor visit)
    {
        RequestScanner scanner = new();
        ReadOnlySpan<byte> rest = _commands.Pending;
        while (!rest.IsEmpty && scanner.Scan(rest) == ScanStatus.Complete)
        {
            ReadOnlySpan<byte> subcommand = scanner.ArgumentCount > 1 ? scanner.Argument(rest, 1) : default;
            if (CommandCatalog.Find(scanner.Argument(rest, 0), subcommand) is { } entry)
            {
                visit(new CommandFrame(scanner, rest, entry));
            }

            rest = rest[scanner.FrameLength..];
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        _commands.Release();
        _lapsed?.Release();
    }
}
