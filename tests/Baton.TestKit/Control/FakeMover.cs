using Baton.Server.Engines;

namespace Baton.TestKit.Control;

/// <summary>
/// A mover that notes its steps in the data plane's list of calls, so that a test sees one order, and fails where the test says so.
/// </summary>
public sealed class FakeMover(FakeDataPlane plane, IShardEngine source, IShardEngine target) : IShardMover
{
    /// <inheritdoc/>
    public Task AttachAsync(IProgress<MoveProgress> progress, CancellationToken cancellationToken)
    {
        progress.Report(new MoveProgress(1, 2, "keys"));
        return Step($"attach {source.Spec.InstanceId}->{target.Spec.InstanceId}");
    }

    /// <inheritdoc/>
    public Task ApproachAsync(CancellationToken cancellationToken) => Step("approach");

    /// <inheritdoc/>
    public Task<long> LagAsync(CancellationToken cancellationToken) => Task.FromResult(0L);

    /// <inheritdoc/>
    public Task CatchUpAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Step("catch-up");
    }

    /// <inheritdoc/>
    public Task FenceAsync(CancellationToken cancellationToken) => Step("fence");

    /// <inheritdoc/>
    public Task PromoteAsync(CancellationToken cancellationToken)
    {
        Task step = Step("promote");
        if (step.IsCompletedSuccessfully)
        {
            (target as FakeEngine)?.Promote();
        }

        return step;
    }

    /// <inheritdoc/>
    public Task RetireOldAsync(bool keepAsReplica, CancellationToken cancellationToken)
    {
        Task step = Step($"retire {(keepAsReplica ? "as replica" : "fenced")}");
        return !step.IsCompletedSuccessfully ? step : keepAsReplica ? source.FollowAsync(target, cancellationToken) : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task AbortAsync() => Step("abort");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task Step(string what)
    {
        try
        {
            plane.Note(what);
            return plane.Hangs(what) ? new TaskCompletionSource().Task : Task.CompletedTask;
        }
        catch (Exception e)
        {
            return Task.FromException(e);
        }
    }
}
