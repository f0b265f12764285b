using Baton.Protocol.Commands;
using Baton.Protocol.Resp;
using Baton.Server.Engines;
using Baton.Server.Proxy.Commands;

namespace Baton.Server.Proxy.Upstream;

/// <summary>
/// One loop's record of the keys written to one shard. A key is noted before its command is sent; a set is handed over when the
/// commands that were in
/// flight at that moment have been answered, so whoever copies the keys afterwards sees each write. Belongs to its loop's thread.
/// </summary>
internal sealed class LoopTap
{
    private readonly LoopShard _shard;
    private readonly List<Waiter> _waiters = [];
    private HashSet<DatabaseKey> _keys = [];
    private string? _wholeReason;

    public LoopTap(LoopShard shard) => _shard = shard;

    /// <summary>Notes what a command may write.</summary>
    public void Record(int database, CommandFrame command)
    {
        CommandEntry entry = command.Entry;
        if (!entry.IsWrite && !IsScript(entry))
        {
            return;
        }

        Span<int> indexes = stackalloc int[64];
        int count = command.FindKeys(indexes);
        if (count > indexes.Length)
        {
            indexes = new int[count];
            count = command.FindKeys(indexes);
        }

        if (count == 0 && TouchesUnknownKeys(entry))
        {
            _wholeReason ??= entry.Info.Name;
            return;
        }

        for (int i = 0; i < count; i++)
        {
            _keys.Add(new DatabaseKey(database, command[indexes[i]].ToArray()));
        }

        RecordMoveTarget(command);
    }

    /// <summary>Notes keys found earlier (a blocking command's, once more when its reply has come).</summary>
    public void Record(int database, IEnumerable<byte[]> keys)
    {
        foreach (byte[] key in keys)
        {
            _keys.Add(new DatabaseKey(database, key));
        }
    }

    /// <summary>
    /// Notes commands a lane had kept while it had no link. They were noted when they came, but that set may have been handed over
    /// since, and they are
    /// sent only now.
    /// </summary>
    public void RecordKept(int database, ReadOnlySpan<byte> commands)
    {
        RequestScanner scanner = new();
        while (scanner.Scan(commands) == ScanStatus.Complete)
        {
            ReadOnlySpan<byte> name = scanner.Argument(commands, 0);
            ReadOnlySpan<byte> subcommand = scanner.ArgumentCount > 1 ? scanner.Argument(commands, 1) : default;
            if ((CommandCatalog.Find(name, subcommand) ?? _shard.Support.FindOwn(name, subcommand)) is { } entry)
            {
                Record(database, new CommandFrame(scanner, commands, entry));
            }

            commands = commands[scanner.FrameLength..];
        }
    }

    /// <summary>Hands the set over once everything in flight now has been answered.</summary>
    public void Take(Action<WrittenKeys> done)
    {
        WrittenKeys taken = new(_keys, _wholeReason is not null, _wholeReason);
        _keys = [];
        _wholeReason = null;
        AfterInFlight(() => done(taken));
    }

    /// <summary>Runs an action once everything in flight now, blocked commands apart, has been answered or lost.</summary>
    public void AfterInFlight(Action done)
    {
        Waiter waiter = new(done);
        foreach (ShardLink link in _shard.Links)
        {
            if (!link.IsBlocked && link.State == LinkState.Ready && link.Answered < link.Sent)
            {
                waiter.Marks.Add((link, link.Sent));
            }
        }

        _waiters.Add(waiter);
        OnAnswered();
    }

    /// <summary>Replies have come.</summary>
    public void OnAnswered()
    {
        for (int i = 0; i < _waiters.Count; i++)
        {
            Waiter waiter = _waiters[i];
            waiter.Marks.RemoveAll(static mark => mark.Link.Answered >= mark.Sent || mark.Link.State == LinkState.Closed);
            if (waiter.Marks.Count == 0)
            {
                _waiters.RemoveAt(i--);
                waiter.Done();
            }
        }
    }

    /// <summary>Completes what still waits: nothing in flight is recorded any more.</summary>
    public void Detach()
    {
        foreach (Waiter waiter in _waiters.ToArray())
        {
            waiter.Done();
        }

        _waiters.Clear();
    }

    private static bool IsScript(CommandEntry entry) =>
        entry.Info.Is(CommandFlags.Script) && !entry.Info.Name.EndsWith("_RO", StringComparison.Ordinal);

    /// <summary>
    /// Writes without a key argument: FLUSHALL, SWAPDB, a script that names no keys, a module's command without a key rule.
    /// </summary>
    private static bool TouchesUnknownKeys(CommandEntry entry) => entry.Info.Name switch
    {
        "PUBLISH" or "SPUBLISH" or "SCRIPT|LOAD" or "SCRIPT|FLUSH" => false,
        _ => true,
    };

    /// <summary>MOVE and COPY ... DB write into another database number as well.</summary>
    private void RecordMoveTarget(CommandFrame command)
    {
        if (command.Entry.Info.Name == "MOVE" && command.Count == 3 && command.TryInteger(2, out long moved))
        {
            _keys.Add(new DatabaseKey((int)moved, command[1].ToArray()));
        }
        else if (command.Entry.Info.Name == "COPY")
        {
            for (int i = 3; i + 1 < command.Count; i++)
            {
                if (command.Is(i, "DB"u8) && command.TryInteger(i + 1, out long target))
                {
                    _keys.Add(new DatabaseKey((int)target, command[2].ToArray()));
                }
            }
        }
    }

    private sealed class Waiter(Action done)
    {
        public Action Done { get; } = done;

        public List<(ShardLink Link, long Sent)> Marks { get; } = [];
    }
}
