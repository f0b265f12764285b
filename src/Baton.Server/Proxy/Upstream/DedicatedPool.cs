namespace Baton.Server.Proxy.Upstream;

/// <summary>
/// Dedicated links of one shard on one loop: idle ones are kept for the next session that needs one. Belongs to its loop's thread.
/// </summary>
internal sealed class DedicatedPool : ILinkOwner
{
    /// <summary>Idle links kept; more are closed.</summary>
    private const int MaxIdle = 64;

    private readonly LoopShard _shard;
    private readonly List<ShardLink> _idle = [];

    public DedicatedPool(LoopShard shard) => _shard = shard;

    /// <summary>Links that serve a session, idle ones not counted.</summary>
    public int InUse { get; private set; }

    /// <summary>No more can be opened (<c>MaxDedicatedUpstreams</c>).</summary>
    public bool IsExhausted => InUse >= _shard.Database.Route.Limits.MaxDedicatedUpstreams;

    /// <summary>An idle link (then it is Ready), or a new one that will tell its owner when it is; to another target always a new one.</summary>
    public ShardLink Take(int protocol, int database, ILinkOwner owner, ShardTarget? target = null)
    {
        InUse++;
        for (int i = target is null ? _idle.Count - 1 : -1; i >= 0; i--)
        {
            ShardLink link = _idle[i];
            if (link.Protocol == protocol && link.Database == database)
            {
                _idle.RemoveAt(i);
                link.Owner = owner;
                return link;
            }
        }

        return ShardLink.Open(_shard, owner, protocol, database, dedicated: true, target);
    }

    /// <summary>Gives a link back; it must carry no state and owe no reply, else say so with <paramref name="clean"/> false.</summary>
    public void Return(ShardLink link, bool clean)
    {
        InUse--;
        link.Owner = this;
        link.IsBlocked = false;
        if (clean && link is { State: LinkState.Ready } && link.Target == _shard.Target && link.Answered == link.Sent && _idle.Count < MaxIdle)
        {
            _idle.Add(link);
        }
        else
        {
            link.Close(CloseReason.Released, "not needed any more");
        }
    }

    /// <summary>A link in use has died; its user told us instead of giving it back.</summary>
    public void NoteLost(ShardLink link)
    {
        InUse--;
        link.Owner = this;
    }

    /// <summary>The shard has another target, or ends: idle links are of no use.</summary>
    public void DropIdle()
    {
        foreach (ShardLink link in _idle.ToArray())
        {
            link.Close(CloseReason.Released, "the shard is served elsewhere");
        }

        _idle.Clear();
    }

    void ILinkOwner.OnLinkReady(ShardLink link) => link.Close(CloseReason.Released, "not needed any more");

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail) => _idle.Remove(link);

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
        // Late pushes of a link that was given back (an invalidation, a message) concern nobody.
    }
}
