using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// Unblocks one command while nothing else reaches the shard. Garnet, asked to unblock a client at the moment somebody pushes, gives the element to the
/// client that waits no longer, and it is gone. Belongs to its loop's thread; the gate is opened again by <see cref="End"/> or its limit.
/// </summary>
internal sealed class QuietUnblock
{
    private const int RetryMs = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);

    private readonly LoopShard _shard;
    private readonly Action _unblock;
    private IShardHold? _hold;
    private bool _ended;

    private QuietUnblock(LoopShard shard, Action unblock) => (_shard, _unblock) = (shard, unblock);

    /// <summary>Closes the gate, then runs <paramref name="unblock"/>; tries again while somebody else holds the shard.</summary>
    public static QuietUnblock Start(LoopShard shard, Action unblock)
    {
        QuietUnblock quiet = new(shard, unblock);
        quiet.Try();
        return quiet;
    }

    /// <summary>The command is back (or a hold has recalled it): the gate opens.</summary>
    public void End()
    {
        _ended = true;
        IShardHold? hold = _hold;
        _hold = null;
        _ = hold?.ReleaseAsync();
    }

    private void Try()
    {
        if (_ended)
        {
            return;
        }

        Task<IShardHold> holding = _shard.Loop.Plane.QuietAsync(_shard.Route.Uid, Limit);
        _ = holding.ContinueWith(
            done => _shard.Loop.Io.Post(() => OnHold(done)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void OnHold(Task<IShardHold> holding)
    {
        if (!holding.IsCompletedSuccessfully)
        {
            _ = holding.Exception;
            _shard.Loop.Io.At(_shard.Loop.Io.NowMs + RetryMs, Try);
        }
        else if (_ended)
        {
            _ = holding.Result.ReleaseAsync();
        }
        else
        {
            _hold = holding.Result;
            _unblock();
        }
    }
}
