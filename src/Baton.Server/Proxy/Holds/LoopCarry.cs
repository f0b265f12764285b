using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// What lives on the old master comes over to the new one, after the hold, on one loop, a slice at a time:
/// <code>
/// passengers       each by itself (OnSwitch)
/// blocked commands left on the old master, which takes no writes and so has nothing for them  ->  a link  ->  its turn  ->  sent
///                  ->  the engine shows it blocked (CLIENT LIST), or it is answered  ->  the next one that waits for the same key has its turn
/// </code>
/// Commands come to the engine on different connections, so only its own word tells that one is blocked before the next is sent. One that is not shown
/// within <see cref="OrderLimitMs"/> is waited for no longer; after <see cref="OrderMostMs"/> the rest goes out at once. A switch that comes before the end
/// stops it: its own carry takes over what is left. Belongs to its loop's thread.
/// </summary>
internal sealed class LoopCarry
{
    /// <summary>How many of each kind are under way at a time.</summary>
    private const int Slice = 48;

    /// <summary>Questions without a new answer that follow each other without a pause.</summary>
    private const int QuickQuestions = 8;

    /// <summary>Longest time without any that the engine shows as blocked.</summary>
    private const int OrderLimitMs = 1000;

    /// <summary>
    /// Longest time the order of blocked commands may cost, who would push to their keys waits meanwhile: enough for some ten thousand that wait for one
    /// key. It leaves a part of <c>CarryLimit</c> for what else comes over.
    /// </summary>
    private const int OrderMostMs = 10_000;

    private readonly LoopShard _shard;
    private readonly ScriptLoading? _scripts;
    private Action _done;
    private readonly Queue<IShardPassenger> _passengers;
    private readonly Queue<BlockedOnEngine> _calls;
    private readonly List<BlockedOnEngine> _unconfirmed = [];
    private readonly long _orderEndMs;
    private long _orderUntilMs;
    private int _open;
    private int _openCalls;
    private bool _confirming;
    private int _questions;
    private bool _isOver;

    private LoopCarry(LoopShard shard, ScriptLoading? scripts, Action done)
    {
        (_shard, _scripts, _done) = (shard, scripts, done);
        _passengers = new Queue<IShardPassenger>(shard.Passengers);
        _calls = new Queue<BlockedOnEngine>(shard.Blocked.Where(static call => call.IsBehind));
        _openCalls = _calls.Count;
        _orderEndMs = shard.Loop.Io.NowMs + OrderMostMs;
    }

    /// <summary>Begins; <paramref name="done"/> when all of this loop has come over.</summary>
    public static void Start(LoopShard shard, ScriptLoading? scripts, Action done)
    {
        if (shard.Carry is { } running)
        {
            // A hold that ended where it began: what was coming over goes on.
            running._done += done;
            return;
        }

        shard.Carry = new LoopCarry(shard, scripts, done);
        shard.Carry.Next();
    }

    /// <summary>The shard goes on to another master before all has come over to this one.</summary>
    public void Stop()
    {
        if (!_isOver)
        {
            End();
            _done();
        }
    }

    private void Next()
    {
        if (_isOver)
        {
            return;
        }

        if (_shard.Hold is not null)
        {
            _shard.AfterHold.Add(Next);
            return;
        }

        _open = 1;
        for (int i = 0; i < Slice && _calls.TryDequeue(out BlockedOnEngine? call); i++)
        {
            _open++;
            call.ComeOver(() => OnReady(call), Step);
        }

        for (int i = 0; i < Slice && _passengers.TryDequeue(out IShardPassenger? passenger); i++)
        {
            _open++;
            passenger.OnSwitch(_shard, Step);
        }

        Step();
    }

    private void Step()
    {
        if (--_open > 0 || _isOver)
        {
            return;
        }

        if (_calls.Count + _passengers.Count > 0)
        {
            _shard.Loop.Io.Post(Next);
        }
        else if (_openCalls == 0)
        {
            Finish();
        }
    }

    /// <summary>A call has a link, or is over.</summary>
    private void OnReady(BlockedOnEngine call)
    {
        if (_isOver)
        {
            return;
        }

        if (!call.IsSuspended || _shard.AllLoops.Claims.IsNext(call.Claim, () => _shard.Loop.Io.Post(() => Send(call))) || IsTimeUp)
        {
            Send(call);
        }
    }

    private bool IsTimeUp => _shard.Loop.Io.NowMs >= _orderEndMs;

    private bool IsLate => IsTimeUp || _shard.Loop.Io.NowMs >= _orderUntilMs;

    private void Send(BlockedOnEngine call)
    {
        if (_isOver)
        {
            return;
        }

        if (_shard.Hold is not null)
        {
            _shard.AfterHold.Add(() => Send(call));
            return;
        }

        call.Reissue();
        if (IsTimeUp)
        {
            Settle(call);
        }
        else
        {
            NoteProgress(_unconfirmed.Count == 0);
            _unconfirmed.Add(call);
            Confirm();
        }
    }

    private void Confirm()
    {
        if (_confirming || _isOver)
        {
            return;
        }

        _unconfirmed.RemoveAll(call => call.WaitingClientId == 0 && Settle(call));
        if (_unconfirmed.Count == 0)
        {
            return;
        }

        _confirming = true;
        OutputBuffer command = new(static _ => { });
        RespWriter.WriteCommand(command, ["CLIENT", "LIST", "ID", .. _unconfirmed.Select(static call => Text(call.WaitingClientId))]);
        _shard.Control.Send(command.Pending, new FrameSink((frame, lost) =>
        {
            if (_isOver)
            {
                return;
            }

            _confirming = false;
            HashSet<long> blocked = lost || Frames.IsError(frame) ? [] : BlockedIn(frame);
            bool cannotTell = lost || Frames.IsError(frame) || IsLate;
            int confirmed = _unconfirmed.RemoveAll(
                call => (cannotTell || call.WaitingClientId == 0 || blocked.Contains(call.WaitingClientId)) && Settle(call));
            _questions = confirmed > 0 ? 0 : _questions + 1;
            NoteProgress(confirmed > 0);
            if (_questions < QuickQuestions)
            {
                Confirm();
            }
            else
            {
                _confirming = true;
                _shard.Loop.Io.At(_shard.Loop.Io.NowMs + 1, () =>
                {
                    _confirming = false;
                    Confirm();
                });
            }
        }));
        command.Release();
    }

    private void NoteProgress(bool isSome) => _orderUntilMs = isSome ? _shard.Loop.Io.NowMs + OrderLimitMs : _orderUntilMs;

    private bool Settle(BlockedOnEngine call)
    {
        _shard.AllLoops.Claims.Carried(call.Claim, _shard.Target);
        if (--_openCalls == 0 && _open == 0 && _calls.Count + _passengers.Count == 0)
        {
            Finish();
        }

        return true;
    }

    private void End()
    {
        _isOver = true;
        _openCalls = -1;
        if (_shard.Carry == this)
        {
            _shard.Carry = null;
        }
    }

    private void Finish()
    {
        End();
        if (_scripts is { } scripts)
        {
            scripts.LoadRest(_shard, _shard.Control, _done);
        }
        else
        {
            _done();
        }
    }

    private static HashSet<long> BlockedIn(ReadOnlySpan<byte> frame)
    {
        HashSet<long> blocked = [];
        foreach (string line in Encoding.UTF8.GetString(frame).Split('\n'))
        {
            string[] fields = line.Split(' ');
            if (Array.Exists(fields, static field => field.StartsWith("flags=", StringComparison.Ordinal) && field.Contains('b', StringComparison.Ordinal))
                && Array.Find(fields, static field => field.StartsWith("id=", StringComparison.Ordinal)) is { } id
                && long.TryParse(id.AsSpan(3), CultureInfo.InvariantCulture, out long number))
            {
                blocked.Add(number);
            }
        }

        return blocked;
    }

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
