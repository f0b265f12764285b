namespace Baton.Server.Proxy.Upstream;

/// <summary>
/// Gets one dedicated link for a session, trying again while the shard's engine cannot be reached or the shard moves, for at most the
/// handshake
/// timeout. Belongs to its loop's thread.
/// </summary>
internal sealed class LinkLease : ILinkOwner
{
    private const int RetryMs = 20;

    private readonly LoopShard _shard;
    private readonly int _protocol;
    private readonly int _database;
    private readonly long _giveUpMs;
    private readonly Action<ShardLink?, string> _done;
    private readonly ShardTarget? _target;
    private IDisposable? _retry;
    private ShardLink? _link;
    private bool _over;

    /// <summary>
    /// Prepared, to be started; <paramref name="done"/> gets a link that is Ready, whose owner the callee must set at once, or null and the
    /// reason. To the shard's target as it is when the link is ready, or to <paramref name="target"/>.
    /// </summary>
    public LinkLease(LoopShard shard, int protocol, int database, Action<ShardLink?, string> done, ShardTarget? target = null)
    {
        (_shard, _protocol, _database, _done, _target) = (shard, protocol, database, done, target);
        _giveUpMs = shard.Loop.Io.NowMs + shard.Database.HandshakeTimeoutMs;
    }

    /// <summary>
    /// It comes in the place of one on the master before, which is given back: a move must not fail because there are two of each for a moment.
    /// </summary>
    public bool Replaces { get; init; }

    /// <summary>Begins. With an idle link it is over before this returns, so whoever keeps the lease keeps it before.</summary>
    public void Start() => Try();

    /// <summary>The session has gone: the link goes back, and whoever waits is told that none will come.</summary>
    public void Cancel()
    {
        if (_over)
        {
            return;
        }

        _over = true;
        _retry?.Dispose();
        if (_link is { } link)
        {
            _link = null;
            _shard.Dedicated.Return(link, clean: false);
        }

        _done(null, "ERR the connection has ended");
    }

    void ILinkOwner.OnLinkReady(ShardLink link)
    {
        if (_over || link != _link)
        {
            return;
        }

        if (link.Target != (_target ?? _shard.Target))
        {
            _link = null;
            _shard.Dedicated.Return(link, clean: false);
            Try();
            return;
        }

        _over = true;
        _done(link, "");
    }

    void ILinkOwner.OnLinkClosed(ShardLink link, CloseReason reason, string detail)
    {
        if (link != _link)
        {
            return;
        }

        _link = null;
        _shard.Dedicated.NoteLost(link);
        if (_shard.Loop.Io.NowMs >= _giveUpMs)
        {
            Fail($"ERR upstream cannot be reached ({detail}); the command was not executed");
            return;
        }

        _retry = _shard.Loop.Io.At(_shard.Loop.Io.NowMs + RetryMs, Try);
    }

    void ILinkOwner.OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame)
    {
        // Nothing has been asked for yet.
    }

    private void Try()
    {
        if (_over)
        {
            return;
        }

        if (!Replaces && _shard.Dedicated.IsExhausted)
        {
            Fail("ERR too many dedicated upstream connections (MaxDedicatedUpstreams); the command was not executed");
            return;
        }

        _link = _shard.Dedicated.Take(_protocol, _database, this, _target);
        if (_link.State == LinkState.Ready)
        {
            ((ILinkOwner)this).OnLinkReady(_link);
        }
        else if (_link.State == LinkState.Closed)
        {
            ((ILinkOwner)this).OnLinkClosed(_link, CloseReason.UpstreamLost, "refused at once");
        }
    }

    private void Fail(string error)
    {
        if (!_over)
        {
            _over = true;
            _done(null, error);
        }
    }
}
