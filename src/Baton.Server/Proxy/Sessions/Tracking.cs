using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// CLIENT TRACKING of one session: a link of its own to every shard, over which all its commands go while it is on, so that what it reads is tracked
/// for it and an invalidation comes where the reply came, behind it. With REDIRECT a second link to every shard brings the invalidations. In RESP2
/// without it everything is as with a plain server too: engines track, and tell nobody until HELLO 3.
/// <code>
/// (null) --links to all shards--> asking --every engine says OK--> on --OFF, RESET--> (null)
///                                    \--one refuses--> (null), or as it was
/// </code>
/// Belongs to its loop's thread.
/// </summary>
internal sealed class Tracking
{
    private readonly ClientSession _session;
    private readonly Dictionary<LoopShard, TrackedLink> _links = [];
    private TrackingOptions? _options;

    public Tracking(ClientSession session) => _session = session;

    /// <summary>The engines track; before that the links are only being made.</summary>
    public bool IsOn => _options is not null;

    /// <summary>What was asked for; null until it is on.</summary>
    public TrackingOptions? Options => _options;

    /// <summary>Who is told instead of the session; null without REDIRECT.</summary>
    public TrackingTarget? Target { get; private set; }

    /// <summary>YES or NO of a CLIENT CACHING whose command is still to come, or empty.</summary>
    public string Caching { get; private set; } = "";

    /// <summary>The keys of the blocking read at hand have been read here, so that they are tracked.</summary>
    public bool HasRead { get; set; }

    /// <summary>There is a link to the shard.</summary>
    public bool HasLink(LoopShard shard) => _links.ContainsKey(shard);

    /// <summary>A link to a shard.</summary>
    public void AddLink(LoopShard shard, ShardLink link) => _links[shard] = new TrackedLink(_session, this, shard, link);

    /// <summary>There is a link for redirected invalidations of the shard.</summary>
    public bool HasInvalidations(LoopShard shard) => _links.TryGetValue(shard, out TrackedLink? link) && link.HasInvalidations;

    /// <summary>A link for redirected invalidations of a shard.</summary>
    public void AddInvalidations(LoopShard shard, ShardLink link) => _links[shard].AddInvalidations(link);

    /// <summary>HELLO: from here on engines speak the session's protocol, with pushes or without.</summary>
    public void Dress(LinkDress dress)
    {
        foreach (TrackedLink link in _links.Values)
        {
            dress.PutOn(link.Link);
        }
    }

    /// <summary>The link to a shard.</summary>
    public ShardLink LinkTo(LoopShard shard) => _links[shard].Link;

    /// <summary>The link to a shard, while it is on a master that the shard has left.</summary>
    public TrackedLink? BehindOn(LoopShard shard) => _links.TryGetValue(shard, out TrackedLink? link) && link.IsBehind ? link : null;

    /// <summary>A switch came before it was on: the link is of no use.</summary>
    public void Forget(LoopShard shard) => _links.Remove(shard);

    /// <summary>The way to a shard for the session's next command, behind the CLIENT CACHING that belongs to it.</summary>
    public ShardLink BeginSend(LoopShard shard, LinkDress dress)
    {
        // Before CLIENT CACHING, which concerns the one command behind it.
        ShardLink link = LinkTo(shard);
        dress.PutOn(link);
        if (Caching.Length > 0)
        {
            OutputBuffer command = new(static _ => { });
            RespWriter.WriteCommand(command, "CLIENT", "CACHING", Caching);
            link.Send(command.Pending, DiscardSink.Instance);
            command.Release();
        }

        return link;
    }

    /// <summary>CLIENT CACHING: it concerns the next command, whichever shard that goes to.</summary>
    public void BeginCaching(string answer) => Caching = answer;

    /// <summary>A command has been carried out. CLIENT subcommands do not use CLIENT CACHING up.</summary>
    public void EndCaching(string command)
    {
        if (!command.StartsWith("client|", StringComparison.Ordinal))
        {
            Caching = "";
        }
    }

    /// <summary>Asks every engine; the session gets the reply, and goes on, when all have answered.</summary>
    /// <param name="wish">What is wished.</param>
    /// <param name="target">Who is told, with REDIRECT.</param>
    public void Begin(TrackingOptions wish, TrackingTarget? target)
    {
        int open = _links.Count;
        byte[]? refusal = null;
        TrackingTarget? before = Target;

        // One engine may have something for it before another has said OK.
        Target = target ?? Target;
        _session.WaitFor(SessionWait.Tracking);

        // One engine may have something to tell before another has said OK.
        _session.HoldPushes(true);
        foreach (TrackedLink link in _links.Values)
        {
            link.Ask(wish, OnAnswer);
        }

        void OnAnswer(ReadOnlySpan<byte> frame, bool lost)
        {
            refusal ??= Frames.IsError(frame) ? frame.ToArray() : null;
            if (--open == 0 && _session.Tracking == this)
            {
                Target = refusal is null ? target : before;
                Complete(wish, refusal);
            }
        }
    }

    /// <summary>It is over, but a WATCH lives on the link to a shard: that one stays, and tracks no more.</summary>
    public bool TryGiveBack(LoopShard shard)
    {
        if (!_links.Remove(shard, out TrackedLink? tracked) || !tracked.TryLeave())
        {
            return false;
        }

        if (IsOn)
        {
            tracked.Link.Send("*3\r\n$6\r\nCLIENT\r\n$8\r\nTRACKING\r\n$3\r\nOFF\r\n"u8, DiscardSink.Instance);
        }

        return true;
    }

    /// <summary>It is over; the engines forget with the links.</summary>
    public void Close()
    {
        foreach (TrackedLink link in _links.Values)
        {
            link.Close();
        }

        _links.Clear();
    }

    private void Complete(TrackingOptions wish, byte[]? refusal)
    {
        if (refusal is null)
        {
            _options = _options?.Then(wish) ?? wish;
            Caching = "";
            _session.Ok();
        }
        else
        {
            _session.Reply(output => output.Append(refusal));
            if (!IsOn)
            {
                _session.EndTracking();
            }
        }

        _session.HoldPushes(false);
        _session.Resume(SessionWait.Tracking);
    }
}
