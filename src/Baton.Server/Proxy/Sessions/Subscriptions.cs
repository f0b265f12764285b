using Baton.Protocol.Subscriptions;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// What one session is subscribed to, and the links that bring its messages: one per shard. Channels and patterns are subscribed on every shard
/// (each message is published on one), sharded channels on their slot's. Belongs to its loop's thread.
/// </summary>
internal sealed class Subscriptions
{
    /// <summary>Confirmations written in one turn: who subscribes to 60,000 names must not keep the others waiting.</summary>
    internal const int MaxConfirmedPerTurn = 1000;

    private readonly ClientSession _session;
    private readonly Dictionary<LoopShard, SubscriberLink> _links = [];
    private readonly HashSet<byte[]>[] _names = [new(NameComparer.Instance), new(NameComparer.Instance), new(NameComparer.Instance)];
    private Change? _change;

    public Subscriptions(ClientSession session) => _session = session;

    /// <summary>Subscriptions of all kinds.</summary>
    public int Total => _names[0].Count + _names[1].Count + _names[2].Count;

    /// <summary>Subscriptions of a kind.</summary>
    public int Count(SubscriptionKind kind) => _names[(int)kind].Count;

    /// <summary>The names subscribed of a kind.</summary>
    public IReadOnlyCollection<byte[]> Names(SubscriptionKind kind) => _names[(int)kind];

    /// <summary>There is a link to the shard.</summary>
    public bool HasLink(LoopShard shard) => _links.ContainsKey(shard);

    /// <summary>A link for messages from a shard.</summary>
    public void AddLink(LoopShard shard, ShardLink link) => _links[shard] = new SubscriberLink(_session, this, shard, link);

    /// <summary>The names of a kind that a shard's link carries, or will when what is under way is confirmed.</summary>
    public IEnumerable<byte[]> NamesOn(LoopShard shard, SubscriptionKind kind)
    {
        IEnumerable<byte[]> names = _change is { Subscribe: true } change && change.Kind == kind ? _names[(int)kind].Concat(change.Names) : _names[(int)kind];
        return kind == SubscriptionKind.Sharded
            ? names.Where(name => _session.Database.ShardOf(Baton.Protocol.Cluster.HashSlot.Of(name)) == shard)
            : names;
    }

    /// <summary>
    /// Subscribes or unsubscribes upstream; when every shard has confirmed, the client gets its confirmations and goes on.
    /// </summary>
    public void Begin(SubscriptionKind kind, bool subscribe, List<byte[]> names)
    {
        _change = new Change(kind, subscribe, names);
        foreach ((LoopShard shard, SubscriberLink link) in _links)
        {
            List<byte[]> own = kind == SubscriptionKind.Sharded
                ? [.. names.Where(name => _session.Database.ShardOf(Baton.Protocol.Cluster.HashSlot.Of(name)) == shard)]
                : names;
            if (own.Count > 0)
            {
                _change.Awaited += own.Count;
                link.Send(kind, subscribe, own);
            }
        }

        if (_change.Awaited == 0)
        {
            Complete(null);
        }
        else
        {
            // What is published after a SUBSCRIBE comes behind its confirmation, what was before an UNSUBSCRIBE before.
            _session.HoldPushes(subscribe);
            _session.WaitFor(SessionWait.Subscribing);
        }
    }

    /// <summary>A shard has confirmed one name, or refused (then with an error frame).</summary>
    public void OnConfirmed(ReadOnlySpan<byte> error)
    {
        if (_change is { IsConfirmed: false } change && (--change.Awaited <= 0 || !error.IsEmpty))
        {
            Complete(error.IsEmpty ? null : System.Text.Encoding.UTF8.GetString(error[1..]).TrimEnd());
        }
    }

    /// <summary>The session ends or is RESET.</summary>
    public void Close()
    {
        foreach (SubscriberLink link in _links.Values)
        {
            link.Close();
        }

        _links.Clear();
        _change = null;
        Array.ForEach(_names, static names => names.Clear());
    }

    private void Complete(string? error)
    {
        Change change = _change!;
        change.IsConfirmed = true;
        if (error is not null)
        {
            _session.Error(error);
            Finish();
        }
        else
        {
            Confirm(change);
        }
    }

    private void Confirm(Change change)
    {
        if (_change != change)
        {
            return;
        }

        OutputBuffer frames = new();
        int end = Math.Min(change.Names.Count, change.Confirmed + MaxConfirmedPerTurn);
        for (; change.Confirmed < end; change.Confirmed++)
        {
            byte[] name = change.Names[change.Confirmed];
            _ = change.Subscribe ? _names[(int)change.Kind].Add(name) : _names[(int)change.Kind].Remove(name);
            WriteConfirmation(frames, change, name);
        }

        if (change.Names.Count == 0)
        {
            WriteConfirmation(frames, change, null);
        }

        frames.MoveTo(_session.Replies.Output);
        if (end < change.Names.Count)
        {
            _session.Loop.Io.Post(() => Confirm(change));
            return;
        }

        _session.OnReplyProgress(1);
        Finish();
    }

    private void Finish()
    {
        _change = null;
        if (Total == 0)
        {
            Close();
        }

        _session.HoldPushes(false);
        _session.Resume(SessionWait.Subscribing);
    }

    private void WriteConfirmation(OutputBuffer output, Change change, byte[]? name)
    {
        int protocol = _session.State.Protocol;
        RespWriter.WritePushHeader(output, 3, protocol);
        RespWriter.WriteBulk(output, SubscriptionNames.Confirmation(change.Kind, change.Subscribe));
        if (name is null)
        {
            RespWriter.WriteNull(output, protocol);
        }
        else
        {
            RespWriter.WriteBulk(output, name);
        }

        RespWriter.WriteInteger(output, change.Kind == SubscriptionKind.Sharded
            ? Count(SubscriptionKind.Sharded)
            : Count(SubscriptionKind.Channel) + Count(SubscriptionKind.Pattern));
    }

    private sealed class Change(SubscriptionKind kind, bool subscribe, List<byte[]> names)
    {
        public SubscriptionKind Kind { get; } = kind;

        public bool Subscribe { get; } = subscribe;

        public List<byte[]> Names { get; } = names;

        public int Awaited { get; set; }

        /// <summary>All shards have confirmed, or one has refused.</summary>
        public bool IsConfirmed { get; set; }

        /// <summary>Names the client has the confirmation of.</summary>
        public int Confirmed { get; set; }
    }
}
