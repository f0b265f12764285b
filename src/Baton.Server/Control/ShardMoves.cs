using System.Collections.Concurrent;
using Baton.Server.Engines;

namespace Baton.Server.Control;

/// <summary>The moves under way, by operation and shard. Thread-safe.</summary>
internal sealed class ShardMoves(ControlParts parts)
{
    private readonly ConcurrentDictionary<(long OperationId, int ShardUid), ActiveMove> _moves = new();
    private readonly ConcurrentDictionary<ActiveMove, Task> _ending = new();

    /// <summary>Completes when every move that is being abandoned now has been.</summary>
    public Task WhenAbandonedAsync() => Task.WhenAll(_ending.Values);

    /// <summary>Notes a move; an older one of the same shard is ended first.</summary>
    public async Task<ActiveMove> BeginAsync(long operationId, int shardUid, long targetInstanceId, IShardMover mover)
    {
        await AbandonAsync(operationId, shardUid).ConfigureAwait(false);
        return _moves[(operationId, shardUid)] = new ActiveMove(mover, targetInstanceId);
    }

    /// <summary>The move, or null.</summary>
    public ActiveMove? Find(long operationId, int shardUid) => _moves.GetValueOrDefault((operationId, shardUid));

    /// <summary>
    /// Ends a move before its switch: its copy is cancelled, its target forgotten, the source serves on. Nothing happens when there is
    /// none.
    /// </summary>
    public async Task AbandonAsync(long operationId, int shardUid)
    {
        if (_moves.TryRemove((operationId, shardUid), out ActiveMove? move))
        {
            TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _ending[move] = ended.Task;
            try
            {
                await move.AbandonAsync(parts).ConfigureAwait(false);
            }
            finally
            {
                _ending.TryRemove(move, out _);
                ended.SetResult();
            }
        }
    }

    /// <summary>Ends the moves to an instance that is to be stopped.</summary>
    public async Task AbandonMovesToAsync(long instanceId)
    {
        foreach ((long operation, int shard) in _moves.Where(m => m.Value.TargetInstanceId == instanceId).Select(m => m.Key).ToArray())
        {
            await AbandonAsync(operation, shard).ConfigureAwait(false);
        }
    }

    /// <summary>A move is over and well; its mover goes.</summary>
    public async Task EndAsync(long operationId, int shardUid)
    {
        if (_moves.TryRemove((operationId, shardUid), out ActiveMove? move))
        {
            await move.DisposeAsync().ConfigureAwait(false);
        }
    }
}

/// <summary>One move under way.</summary>
internal sealed class ActiveMove(IShardMover mover, long targetInstanceId) : IAsyncDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How it is done.</summary>
    public IShardMover Mover { get; } = mover;

    /// <summary>The instance that is to serve.</summary>
    public long TargetInstanceId { get; } = targetInstanceId;

    /// <summary>Brings the target near.</summary>
    public async Task AttachAsync(IProgress<MoveProgress> progress, CancellationToken cancellationToken)
    {
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cancel.Token);
        try
        {
            await Mover.AttachAsync(progress, both.Token).ConfigureAwait(false);
        }
        finally
        {
            _attached.TrySetResult();
        }
    }

    /// <summary>Cancels the copy, waits for its end (bounded), and forgets the target.</summary>
    public async Task AbandonAsync(ControlParts parts)
    {
        await _cancel.CancelAsync().ConfigureAwait(false);
        try
        {
            await _attached.Task.WaitAsync(parts.Limits.AbandonLimit, parts.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            parts.Feed.Say("shard", $"a copy to instance {TargetInstanceId} did not end within AbandonLimit; its target is stopped anyway");
        }

        await Mover.AbortAsync().ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The mover goes; instances stay.</summary>
    public ValueTask DisposeAsync()
    {
        _cancel.Dispose();
        return Mover.DisposeAsync();
    }
}
