using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// What one loop makes ready on a shard's target before the hold, a slice at a time: scripts (the first loop does, they belong to the instance) and
/// subscriptions. Belongs to its loop's thread.
/// </summary>
internal sealed class LoopAhead
{
    /// <summary>Subscribers that are under way at a time.</summary>
    private const int Slice = 48;

    /// <summary>Subscribers that may be left for the hold: they came, or changed their subscriptions, since the last look.</summary>
    private const int FewSubscribers = 8;

    /// <summary>Looks at most, before what is left is left for the hold.</summary>
    private const int MostLooks = 5;

    /// <summary>Longest wait for the engines to bring a mark.</summary>
    private const int MarkLimitMs = 2000;

    private readonly LoopShard _shard;
    private readonly bool _hearsSource;
    private Queue<SubscriberLink> _subscribers = new();
    private long _slices;

    /// <summary>Nothing is ready yet; what was made ready for another target is dropped.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="target">Where it will be.</param>
    /// <param name="hearsSource">What is published on the master is heard on the target too.</param>
    public LoopAhead(LoopShard shard, ShardTarget target, bool hearsSource)
    {
        (_shard, Target, _hearsSource) = (shard, target, hearsSource);
        Scripts = new ScriptLoading(shard.Database.AllLoops.Scripts);
        foreach (SubscriberLink subscriber in shard.Passengers.OfType<SubscriberLink>().ToArray())
        {
            subscriber.Forget(target);
        }
    }

    /// <summary>Where the shard will be.</summary>
    public ShardTarget Target { get; }

    /// <summary>How far the scripts are.</summary>
    public ScriptLoading Scripts { get; }

    /// <summary>Makes ready what is not yet; <paramref name="done"/> when little is left.</summary>
    public void MakeReady(Action done)
    {
        if (_shard.Loop.Io.Index != 0)
        {
            LookForSubscribers(MostLooks, done);
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
                    LookForSubscribers(MostLooks, done);
                    return;
                }

                link.Owner = _shard.Dedicated;
                Scripts.LoadMost(_shard, link, () =>
                {
                    _shard.Dedicated.Return(link, clean: false);
                    LookForSubscribers(MostLooks, done);
                });
            },
            Target).Start();
    }

    private void LookForSubscribers(int looks, Action done)
    {
        _subscribers = new Queue<SubscriberLink>(_shard.FirstPassengers.OfType<SubscriberLink>());
        if (_subscribers.Count <= (looks == MostLooks ? 0 : FewSubscribers) || looks == 0)
        {
            done();
        }
        else
        {
            NextSlice(() => LookForSubscribers(looks - 1, done));
        }
    }

    private void NextSlice(Action done)
    {
        byte[]? mark = _hearsSource ? SeamMarks.Make(Target.InstanceId, _shard.Loop.Io.Index, ++_slices) : null;
        int subscribing = 1;
        int marking = 1;
        bool isOver = false;
        IDisposable? limit = null;
        for (int i = 0; i < Slice && _subscribers.TryDequeue(out SubscriberLink? subscriber); i++)
        {
            subscribing++;
            marking++;
            subscriber.MakeReady(Target, mark, Subscribed, Marked);
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
            if (_subscribers.Count > 0)
            {
                _shard.Loop.Io.Post(() => NextSlice(done));
            }
            else
            {
                done();
            }
        }
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
