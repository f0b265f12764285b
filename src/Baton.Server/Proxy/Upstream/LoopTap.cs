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
    public void Record(int database, CommandFrame command) => Record(NamedKeys.Of(database, command));

    /// <summary>Notes what commands may write.</summary>
    public void Record(NamedKeys written)
    {
        _keys.UnionWith(written.Keys);
        _wholeReason ??= written.UnknownBy;
    }

    /// <summary>Notes keys found earlier (a blocking command's, once more when its reply has come).</summary>
    public void Record(IEnumerable<DatabaseKey> keys) => _keys.UnionWith(keys);

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

    private sealed class Waiter(Action done)
    {
        public Action Done { get; } = done;

        public List<(ShardLink Link, long Sent)> Marks { get; } = [];
    }
}
