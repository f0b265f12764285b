using Baton.TestKit;
using Baton.Lab;
using Baton.TestKit.Processes;

namespace Baton.Conformance.Tests.RedisSuite;

/// <summary>Moves the first shard to another node, again and again, until it is disposed.</summary>
public sealed class ShardMoves : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan MoveLimit = TimeSpan.FromMinutes(2);
    private readonly BatonProcess _cluster;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _moving;

    /// <summary>Begins.</summary>
    public ShardMoves(BatonProcess cluster)
    {
        _cluster = cluster;
        _moving = MoveAsync();
    }

    /// <summary>Moves that were completed.</summary>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _moving.Within(MoveLimit);
        _end.Dispose();
    }

    private async Task MoveAsync()
    {
        using var beat = new PeriodicTimer(Pause);
        try
        {
            while (await beat.WaitForNextTickAsync(_end.Token))
            {
                var master = (await _cluster.Api.ShardsAsync()).First(shard => shard.IsMaster);
                var node = _cluster.NodeAddresses.Keys.Order().First(each => each > master.Node || each == 1 && master.Node == _cluster.NodeAddresses.Count);
                await _cluster.Api.CompleteAsync(await _cluster.Api.MigrateAsync([master.Uid], node), MoveLimit);
                Count++;
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
