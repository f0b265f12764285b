using System.Text;
using Baton.Protocol.Cluster;
using Baton.Protocol.Commands;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <content>From a command's bytes to the one who carries it out.</content>
internal sealed partial class ClientSession
{
    /// <summary>Redis shows at most this much of a command it does not know.</summary>
    private const int UnknownCommandText = 128;

    /// <summary>The reply to a command that needs AUTH first.</summary>
    public const string NoAuth = "NOAUTH Authentication required.";

    /// <summary>Sends a command to the shard of its keys, or answers with the error that forbids it.</summary>
    public CommandOutcome Forward(CommandFrame command) =>
        TryRoute(command, out LoopShard shard) ? ForwardTo(shard, command) : CommandOutcome.Done;

    /// <summary>Sends a command to a shard, on the session's own link there if it has one.</summary>
    public CommandOutcome ForwardTo(LoopShard shard, CommandFrame command)
    {
        if (MustWait(shard))
        {
            return Park(shard);
        }

        if (WaitsForClaims(shard, command))
        {
            return CommandOutcome.Wait;
        }

        if (shard.Route.WritesRefused && command.Entry.Info.Is(CommandFlags.DenyOom))
        {
            return Error("OOM command not allowed when used memory > 'maxmemory'.");
        }

        if ((command.Entry.IsWrite || command.Entry.Info.Is(CommandFlags.Script)) && WaitsForGone(command))
        {
            return CommandOutcome.Wait;
        }

        shard.Tap?.Record(State.Database, command);
        if (_watch is null && shard.Support.NeedsLapsedGone(command.Entry))
        {
            OutputBuffer first = new(static _ => { });
            LapsedKeys.Write(first, command);
            SendBehind(shard, first.Pending, DiscardSink.Instance);
            first.Release();
        }

        Send(shard, command.Bytes);
        if (Database.AllLoops.ProxyWaiters.Any)
        {
            KeyReadySignal.Behind(this, shard, command);
        }

        return CommandOutcome.Done;
    }

    /// <summary>
    /// Sends a command of the proxy's own on the way the session's last command to the shard took, so that it is executed after it.
    /// </summary>
    public void SendBehind(LoopShard shard, ReadOnlySpan<byte> command, ReplySink sink)
    {
        BeginSend(shard).Send(command, sink);
    }

    /// <summary>
    /// The way the session's next command to the shard takes: its own link there if it has one. What must stand right before the command has been
    /// sent. (A lost WATCH has no link.)
    /// </summary>
    public IUpstream BeginSend(LoopShard shard)
    {
        if (_tracking is { IsOn: true } tracking)
        {
            return tracking.BeginSend(shard, State.Dress);
        }

        return _watch is { IsLost: false, IsBehind: false } watch && watch.Serves(shard, State.Database)
            ? watch.BeginSend(State.Dress)
            : LaneTo(shard);
    }

    // Behind a large reply or command nobody has to wait who may as well go another way: who waits for no reply.
    private SharedLane LaneTo(LoopShard shard)
    {
        SharedLane lane = shard.Lane(State.Protocol, State.Database);
        if (lane.IsCongested && Replies.IsEmpty)
        {
            lane.Divert();
        }

        return lane;
    }

    /// <summary>
    /// A session that has nothing special about it, at a shard that has not either: then commands that are only sent on can be sent on together.
    /// </summary>
    private bool IsPlain =>
        _transaction is null && _watch is null && _tracking is null && State.Authenticated && State.ReplyMode == ReplyMode.On && !IsSubscribedInResp2
        && Database.HasOneShard && Database.FirstShard is { Hold: null, Tap: null, Route.WritesRefused: false, AllLoops.Claims.AnyBehind: false }
        && !Database.AllLoops.ProxyWaiters.Any && !Database.Pause.IsOn;

    /// <summary>
    /// Sends the commands at the beginning of <paramref name="data"/> that are only sent on to the shard in one piece, as they stand there, and as many
    /// as the session may have outstanding. Returns how many bytes that was; 0 leaves the first command to the way of all commands.
    /// </summary>
    private int ForwardRun(ReadOnlySpan<byte> data)
    {
        LoopShard shard = Database.FirstShard;
        EngineSupport engine = shard.Support;
        CommandEntry? last = null;
        int length = 0;
        int count = 0;
        bool isWaitedFor = Database.AllLoops.EngineWaiters.Any;
        while (length < data.Length && IsPipelineBelow(1, count, length) && _scanner!.Scan(data[length..]) == ScanStatus.Complete)
        {
            ReadOnlySpan<byte> rest = data[length..];
            ReadOnlySpan<byte> subcommand = _scanner.ArgumentCount > 1 ? _scanner.Argument(rest, 1) : default;
            if (_scanner.ArgumentCount == 0 || _scanner.IsInline
                || CommandCatalog.Find(_scanner.Argument(rest, 0), subcommand) is not { IsForwarded: true, IsContainer: false } entry
                || !engine.AcceptsArgumentCount(entry, _scanner.ArgumentCount)
                || !engine.HasAllOf(entry)
                || (isWaitedFor && entry.IsWrite))
            {
                _isScanned = true;
                break;
            }

            last = entry;
            length += _scanner.FrameLength;
            count++;
        }

        if (last is not null)
        {
            State.LastCommand = last.LowerName;
            SharedLane upstream = LaneTo(shard);
            StreamSlot slot = SlotBehind(upstream.TailSink);
            slot.Expect(length, count);
            upstream.Send(data[..length], slot, count);
            if (Replies.AreRepliesLarge)
            {
                upstream.ExpectLarge();
            }
        }

        return length;
    }

    /// <summary>Puts whole commands with one reply on the way to a shard.</summary>
    public void Send(LoopShard shard, ReadOnlySpan<byte> command)
    {
        IUpstream upstream = BeginSend(shard);
        StreamSlot slot = SlotBehind(upstream.TailSink);
        slot.Expect(command.Length);
        upstream.Send(command, slot);
        if (Replies.AreRepliesLarge && upstream is SharedLane lane)
        {
            lane.ExpectLarge();
        }
    }

    /// <summary>The session's last slot when it can count one more reply of the link whose last sink is given, else a new one.</summary>
    public StreamSlot SlotBehind(ReplySink? lastSink)
    {
        if (Replies.Tail is StreamSlot tail && tail == lastSink && tail.Muted == IsMuted)
        {
            return tail;
        }

        StreamSlot slot = Loop.RentSlot();
        slot.Muted = IsMuted;
        Replies.Enqueue(slot);
        return slot;
    }

    /// <summary>The one shard of all the command's keys; the first shard when it has none. False: an error has been replied.</summary>
    public bool TryRoute(CommandFrame command, out LoopShard shard)
    {
        shard = Database.FirstShard;
        if (Database.HasOneShard)
        {
            return true;
        }

        int slot = SlotOf(command);
        string? refusal = slot == CrossSlot ? "CROSSSLOT Keys in request don't hash to the same slot"
            : command.Entry.Has(CommandPolicy.UndeclaredKeys) ? UndeclaredKeys.WhyNot(this, command, ref slot)
            : null;
        if (refusal is not null)
        {
            FailCommand(refusal);
            return false;
        }

        if (slot >= 0)
        {
            shard = Database.ShardOf(slot);
        }

        return true;
    }

    /// <summary>Several slots.</summary>
    public const int CrossSlot = -2;

    /// <summary>The hash slot of all keys, -1 without keys, <see cref="CrossSlot"/>.</summary>
    public static int SlotOf(CommandFrame command)
    {
        Span<int> indexes = stackalloc int[64];
        int count = command.FindKeys(indexes);
        if (count > indexes.Length)
        {
            indexes = new int[count];
            count = command.FindKeys(indexes);
        }

        int slot = -1;
        for (int i = 0; i < count; i++)
        {
            int next = HashSlot.Of(command[indexes[i]]);
            if (slot >= 0 && next != slot)
            {
                return CrossSlot;
            }

            slot = next;
        }

        return slot;
    }

    /// <summary>An error found before anything was sent: inside MULTI it dooms the transaction.</summary>
    public CommandOutcome FailCommand(string text)
    {
        _transaction?.Taint();
        return Error(text);
    }

    private CommandOutcome Dispatch(RequestScanner scanner, ReadOnlySpan<byte> data)
    {
        if (State.ReplyMode == ReplyMode.SkipNext)
        {
            State.ReplyMode = ReplyMode.Skipping;
        }

        bool skipping = State.ReplyMode == ReplyMode.Skipping;
        CommandOutcome outcome = DispatchOne(scanner, data);
        if (outcome == CommandOutcome.Done)
        {
            DropSplit();
        }

        if (outcome == CommandOutcome.Done && _tracking is { Caching.Length: > 0 } && _transaction is null)
        {
            _tracking.EndCaching(State.LastCommand);
        }

        if (skipping && outcome == CommandOutcome.Done && State.ReplyMode == ReplyMode.Skipping)
        {
            State.ReplyMode = ReplyMode.On;
        }

        return outcome;
    }

    private void DropSplit()
    {
        Split?.Release();
        Split = null;
    }

    private CommandOutcome DispatchOne(RequestScanner scanner, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> name = scanner.Argument(data, 0);
        ReadOnlySpan<byte> subcommand = scanner.ArgumentCount > 1 ? scanner.Argument(data, 1) : default;
        EngineSupport engine = Database.FirstShard.Support;
        if (Find(engine, name, subcommand) is not { } entry)
        {
            return EndsHttp(name) ? CommandOutcome.Done : FailCommand(DescribeUnknown(scanner, data));
        }

        CommandFrame command = new(scanner, data, entry);
        State.LastCommand = entry.LowerName;
        if (entry.IsContainer && command.Count > 1 && engine.Has(entry))
        {
            return FailCommand($"ERR unknown subcommand '{Shown(subcommand)}'. Try {entry.Info.Name} HELP.");
        }

        if (!engine.AcceptsArgumentCount(entry, command.Count))
        {
            return FailCommand($"ERR wrong number of arguments for '{entry.LowerName}' command");
        }

        if (!State.Authenticated && !entry.Info.Is(CommandFlags.NoAuth))
        {
            return FailCommand(NoAuth);
        }

        if (IsSubscribedInResp2 && !entry.Has(CommandPolicy.RunsSubscribed))
        {
            string why = $"Can't execute '{entry.LowerName}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context";
            return Error(entry.Info.Name == "EXEC" ? $"EXECABORT Transaction discarded because of: {why}" : $"ERR {why}");
        }

        if (!engine.Has(entry))
        {
            return FailCommand(MissingCommand.Describe(entry.Info.Name, engine.Capabilities));
        }

        if (Database.Pause.Holds(command, _transaction))
        {
            return Database.Pause.Park(this);
        }

        if (MatchingForm(engine.FormsOf(entry), command) is { } form)
        {
            if (form.Rewrite is not { } rewrite)
            {
                return FailCommand(form.RefusalOf(command));
            }

            byte[] bytes = rewrite(command);
            RequestScanner rewritten = new();
            rewritten.Scan(bytes);
            command = new CommandFrame(rewritten, bytes, entry);
        }

        return _transaction is not null && !entry.Has(CommandPolicy.RunsInMulti)
            ? Transactions.Queue(this, command)
            : entry.Handler(this, command);
    }

    private static CommandForm? MatchingForm(CommandForm[]? forms, CommandFrame command)
    {
        foreach (CommandForm form in forms ?? [])
        {
            if (form.Matches(command))
            {
                return form;
            }
        }

        return null;
    }

    // A newer engine may have subcommands, or commands, that the table has not.
    private static CommandEntry? Find(EngineSupport engine, ReadOnlySpan<byte> name, ReadOnlySpan<byte> subcommand) =>
        CommandCatalog.Find(name, subcommand) is { } entry && !(entry.IsContainer && !subcommand.IsEmpty)
            ? entry
            : engine.FindOwn(name, subcommand) ?? CommandCatalog.Find(name, subcommand);

    private static string Shown(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name[..Math.Min(name.Length, UnknownCommandText)]);

    /// <summary>As a plain server does, logged in or not: replies that are not sent yet are dropped with the connection.</summary>
    private bool EndsHttp(ReadOnlySpan<byte> name)
    {
        bool isHttp = Ascii.EqualsIgnoreCase(name, "POST"u8) || Ascii.EqualsIgnoreCase(name, "Host:"u8);
        if (isHttp)
        {
            Close(CloseReason.HttpRequest);
        }

        return isHttp;
    }

    private static string DescribeUnknown(RequestScanner scanner, ReadOnlySpan<byte> data)
    {
        StringBuilder arguments = new();
        for (int i = 1; i < scanner.ArgumentCount && arguments.Length < UnknownCommandText; i++)
        {
            ReadOnlySpan<byte> argument = scanner.Argument(data, i);
            int shown = Math.Min(argument.Length, UnknownCommandText - arguments.Length);
            arguments.Append('\'').Append(Encoding.UTF8.GetString(argument[..shown])).Append("' ");
        }

        return $"ERR unknown command '{Shown(scanner.Argument(data, 0))}', with args beginning with: {arguments}";
    }
}
