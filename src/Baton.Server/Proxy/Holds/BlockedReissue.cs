using Baton.Protocol.Resp;
using Baton.Server.Engines;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// Sends the suspended blocking commands of one shard again, over all loops in the order in which they came, so that an engine serves whoever has
/// waited longest.
/// <code>
/// every loop: a link for each    ->    rounds: two commands that wait for the same key never stand in one
/// round: each loop sends its commands, then asks CLIENT LIST until the engine shows them blocked (or has answered them)    ->    next round
/// </code>
/// Commands come to the engine on different connections, so only its own word tells that one is blocked before the next is sent. That costs a round
/// trip for each further command on one key, and it is inside the hold: after <see cref="OrderLimitMs"/> the rest goes out at once. When the shard is
/// held again meanwhile, what is left is for the end of that hold.
/// </summary>
internal sealed class BlockedReissue
{
    /// <summary>Longest time the order may cost.</summary>
    private const int OrderLimitMs = 100;

    private readonly DataPlane _plane;
    private readonly int _shardUid;
    private readonly Action _done;
    private readonly Queue<List<Entry>> _rounds = new();
    private long _giveUpMs;

    private BlockedReissue(DataPlane plane, int shardUid, Action done) => (_plane, _shardUid, _done) = (plane, shardUid, done);

    /// <summary>Starts; <paramref name="done"/> runs on whichever loop is last. Thread-safe.</summary>
    public static void Start(DataPlane plane, int shardUid, Action done)
    {
        BlockedReissue reissue = new(plane, shardUid, done);
        List<Entry>[] found = new List<Entry>[plane.LoopCount];
        int open = plane.LoopCount;
        foreach (ProxyLoop loop in plane.Loops)
        {
            ProxyLoop each = loop;
            each.Io.Post(() => reissue.Prepare(each, entries =>
            {
                found[each.Io.Index] = entries;
                if (Interlocked.Decrement(ref open) == 0)
                {
                    reissue.Arrange(found);
                }
            }));
        }
    }

    private void Prepare(ProxyLoop loop, Action<List<Entry>> done)
    {
        // As of now: a hold that begins while links are being made puts an end to this.
        LoopShard? shard = loop.FindShard(_shardUid);
        int holdCount = shard?.HoldCount ?? 0;
        BlockedCall[] calls = [.. shard?.Blocked.Where(static call => call.IsSuspended) ?? []];
        int open = calls.Length + 1;
        foreach (BlockedCall call in calls)
        {
            call.Prepare(Step);
        }

        Step();

        void Step()
        {
            if (--open == 0)
            {
                done([.. calls.Select(call => new Entry(loop, call, holdCount))]);
            }
        }
    }

    /// <summary>A command's round is one behind the last command before it that waits for one of its keys.</summary>
    private void Arrange(List<Entry>[] found)
    {
        Dictionary<DatabaseKey, int> next = [];
        List<List<Entry>> rounds = [];
        foreach (Entry entry in found.SelectMany(static entries => entries).OrderBy(static entry => entry.Call.Number))
        {
            int round = entry.Call.Keys.Select(key => next.GetValueOrDefault(key)).DefaultIfEmpty().Max();
            foreach (DatabaseKey key in entry.Call.Keys)
            {
                next[key] = round + 1;
            }

            if (round == rounds.Count)
            {
                rounds.Add([]);
            }

            rounds[round].Add(entry);
        }

        rounds.ForEach(_rounds.Enqueue);
        ProxyLoop clock = _plane.Loops[0];
        clock.Io.Post(() =>
        {
            _giveUpMs = clock.Io.NowMs + OrderLimitMs;
            NextRound();
        });
    }

    /// <summary>On the first loop.</summary>
    private void NextRound()
    {
        if (!_rounds.TryDequeue(out List<Entry>? round))
        {
            _done();
            return;
        }

        bool late = _plane.Loops[0].Io.NowMs >= _giveUpMs;
        while (late && _rounds.TryDequeue(out List<Entry>? further))
        {
            round.AddRange(further);
        }

        bool isLast = _rounds.Count == 0;
        IGrouping<ProxyLoop, Entry>[] loops = [.. round.GroupBy(static entry => entry.Loop)];
        int open = loops.Length;
        foreach (IGrouping<ProxyLoop, Entry> part in loops)
        {
            part.Key.Io.Post(() => Send(part.Key, [.. part], isLast, () =>
            {
                if (Interlocked.Decrement(ref open) == 0)
                {
                    _plane.Loops[0].Io.Post(NextRound);
                }
            }));
        }
    }

    private void Send(ProxyLoop loop, Entry[] entries, bool isLast, Action done)
    {
        if (loop.FindShard(_shardUid) is not { } shard)
        {
            done();
            return;
        }

        List<BlockedCall> calls = [.. entries.Where(entry => entry.HoldCount == shard.HoldCount).Select(static entry => entry.Call)];
        calls.ForEach(static call => call.Reissue());
        if (isLast)
        {
            done();
        }
        else
        {
            Confirm(shard, calls, loop.Io.NowMs + OrderLimitMs, done);
        }
    }

    private static void Confirm(LoopShard shard, List<BlockedCall> calls, long giveUpMs, Action done)
    {
        long[] ids = [.. calls.Select(static call => call.WaitingClientId).Where(static id => id != 0)];
        if (ids.Length == 0 || shard.Loop.Io.NowMs >= giveUpMs)
        {
            done();
            return;
        }

        OutputBuffer command = new(static _ => { });
        RespWriter.WriteCommand(command, ["CLIENT", "LIST", "ID", .. ids.Select(static id => id.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
        shard.Control.Send(command.Pending, new FrameSink((frame, lost) =>
        {
            string[] lines = System.Text.Encoding.UTF8.GetString(frame).Split('\n');
            if (lost || Frames.IsError(frame) || ids.All(id => !calls.Exists(call => call.WaitingClientId == id) || IsBlocked(lines, id)))
            {
                done();
            }
            else
            {
                Confirm(shard, calls, giveUpMs, done);
            }
        }));
        command.Release();
    }

    private static bool IsBlocked(string[] lines, long id)
    {
        string line = lines.FirstOrDefault(text => text.StartsWith($"id={id} ", StringComparison.Ordinal)) ?? "";
        return line.Split(' ').Any(static field => field.StartsWith("flags=", StringComparison.Ordinal) && field.Contains('b', StringComparison.Ordinal));
    }

    private readonly record struct Entry(ProxyLoop Loop, BlockedCall Call, int HoldCount);
}
