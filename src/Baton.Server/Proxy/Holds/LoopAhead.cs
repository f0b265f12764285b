using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// What one loop makes ready on a shard's target before the hold, a slice at a time: scripts (the first loop does, they belong to the instance) and
/// subscriptions, MONITOR. Belongs to its loop's thread.
/// </summary>
internal sealed class LoopAhead
{
    /// <summary>Sessions that are under way at a time.</summary>
    private const int Slice = 48;

    /// <summary>Sessions that may be left for the hold: they came, or changed their subscriptions, since the last look.</summary>
    private const int FewPassengers = 8;

    /// <summary>Looks at most, before what is left is left for the hold.</summary>
    private const int MostLooks = 5;

    /// <summary>Longest wait for the engines to bring a mark.</summary>
    private const int MarkLimitMs = 2000;

    private readonly LoopShard _shard;
    private readonly bool _hearsSource;
    private readonly byte[] _monitorMark;
    private Queue<IPreparedPassenger> _passengers = new();
    private long _slices;

    /// <summary>Nothing is ready yet; what was made ready for another target is dropped.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="target">Where it will be.</param>
    /// <param name="hearsSource">What is published on the master is heard on the target too.</param>
    public LoopAhead(LoopShard shard, ShardTarget target, bool hearsSource)
    {
        (_shard, Target, _hearsSource) = (shard, target, hearsSource);
        Scripts = new ScriptLoading(shard.Database.AllLoops.Scripts);
        _monitorMark = SeamMarks.Make(target.InstanceId, shard.Loop.Io.Index, slice: 0);
        foreach (IPreparedPassenger passenger in shard.Passengers.OfType<IPreparedPassenger>().ToArray())
        {
            passenger.Forget(target);
        }
    }

    /// <summary>Where the shard will be.</summary>
    public ShardTarget Target { get; }

    /// <summary>There is a MONITOR that needs <see cref="MarkForMonitors"/>.</summary>
    public bool HasMonitors { get; private set; }

    /// <summary>How far the scripts are.</summary>
    public ScriptLoading Scripts { get; }

    /// <summary>Makes ready what is not yet; <paramref name="done"/> when little is left.</summary>
    public void MakeReady(Action done)
    {
        if (_shard.Loop.Io.Index != 0)
        {
            LookForPassengers(MostLooks, done);
            return;
        }

        new LinkLease(
            _shard,
            2,
            0,
            (link, _) =>
            {
                if (link is null)
                {
                    LookForPassengers(MostLooks, done);
                    return;
                }

                link.Owner = _shard.Dedicated;
                Scripts.LoadMost(_shard, link, () =>
                {
                    _shard.Dedicated.Return(link, clean: false);
                    LookForPassengers(MostLooks, done);
                });
            },
            Target) { Replaces = true }.Start();
    }

    private void LookForPassengers(int looks, Action done)
    {
        _passengers = new Queue<IPreparedPassenger>(_shard.FirstPassengers);
        if (_passengers.Count <= (looks == MostLooks ? 0 : FewPassengers) || looks == 0)
        {
            done();
        }
        else
        {
            NextSlice(() => LookForPassengers(looks - 1, done));
        }
    }

    private void NextSlice(Action done)
    {
        byte[]? mark = _hearsSource ? SeamMarks.Make(Target.InstanceId, _shard.Loop.Io.Index, ++_slices) : null;
        int subscribing = 1;
        int marking = 1;
        bool isOver = false;
        IDisposable? limit = null;
        for (int i = 0; i < Slice && _passengers.TryDequeue(out IPreparedPassenger? passenger); i++)
        {
            subscribing++;
            marking++;
            bool isMonitor = passenger is MonitorFeed;
            HasMonitors |= isMonitor;
            passenger.MakeReady(Target, isMonitor ? _monitorMark : mark, Subscribed, Marked);
        }

        Subscribed();
        Marked();

        void Subscribed()
        {
            if (--subscribing == 0 && !isOver && mark is not null)
            {
                Publish(mark);
                limit = _shard.Loop.Io.At(_shard.Loop.Io.NowMs + MarkLimitMs, Over);
            }
        }

        void Marked()
        {
            if (--marking == 0)
            {
                Over();
            }
        }

        void Over()
        {
            if (isOver)
            {
                return;
            }

            isOver = true;
            limit?.Dispose();
            if (_passengers.Count > 0)
            {
                _shard.Loop.Io.Post(() => NextSlice(done));
            }
            else
            {
                done();
            }
        }
    }

    /// <summary>
    /// In the hold, with the target in place: one command that every MONITOR there shows, before the first of a client's.
    /// <paramref name="done"/> when it has run.
    /// </summary>
    public void MarkForMonitors(Action done)
    {
        OutputBuffer command = new(static _ => { });
        RespWriter.WriteArrayHeader(command, 2);
        RespWriter.WriteBulk(command, "ECHO"u8);
        RespWriter.WriteBulk(command, _monitorMark);
        _shard.Control.Send(command.Pending, new FrameSink((_, _) => done()));
        command.Release();
    }

    private void Publish(byte[] mark)
    {
        OutputBuffer command = new(static _ => { });
        RespWriter.WriteArrayHeader(command, 3);
        RespWriter.WriteBulk(command, "PUBLISH"u8);
        RespWriter.WriteBulk(command, mark);
        RespWriter.WriteBulk(command, "mark"u8);
        _shard.Control.Send(command.Pending, DiscardSink.Instance);
        command.Release();
    }
}
