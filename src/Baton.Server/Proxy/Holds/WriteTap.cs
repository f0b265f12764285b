using Baton.Server.Engines;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Holds;

/// <summary>The taps of all loops on one shard, as one. Thread-safe.</summary>
internal sealed class WriteTap : IWriteTap
{
    private readonly DataPlane _plane;
    private readonly int _shardUid;
    private readonly LoopTap?[] _parts;

    public WriteTap(DataPlane plane, int shardUid)
    {
        (_plane, _shardUid) = (plane, shardUid);
        _parts = new LoopTap?[plane.LoopCount];
    }

    /// <summary>Starts to record on every loop; completes when commands sent before, which nobody recorded, have been answered.</summary>
    public Task AttachAsync() => _plane.Gather<bool>((loop, done) =>
    {
        if (loop.FindShard(_shardUid) is not { } shard)
        {
            done(true);
            return;
        }

        LoopTap part = new(shard);
        shard.Tap = part;
        _parts[loop.Io.Index] = part;
        part.AfterInFlight(() => done(true));
    });

    /// <inheritdoc/>
    public async Task<WrittenKeys> TakeAsync(CancellationToken cancellationToken)
    {
        WrittenKeys[] taken = await _plane.Gather<WrittenKeys>((loop, done) =>
        {
            if (_parts[loop.Io.Index] is { } part)
            {
                part.Take(done);
            }
            else
            {
                done(new WrittenKeys([], false, null));
            }
        }).WaitAsync(cancellationToken).ConfigureAwait(false);
        HashSet<DatabaseKey> keys = [.. taken.SelectMany(static part => part.Keys)];
        return new WrittenKeys(keys, taken.Any(static part => part.WholeKeyspace), taken.FirstOrDefault(static part => part.WholeKeyspace)?.Reason);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _plane.OnEveryLoop(loop =>
        {
            LoopTap? part = _parts[loop.Io.Index];
            part?.Detach();
            if (part is not null && loop.FindShard(_shardUid) is { } shard && shard.Tap == part)
            {
                shard.Tap = null;
            }
        }).ConfigureAwait(false);
    }
}
