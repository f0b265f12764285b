using Baton.Cluster.Model;

namespace Baton.Server.Control;

/// <summary>Those who wait for the state to become something. Thread-safe.</summary>
internal sealed class StateWaiters
{
    private readonly Lock _gate = new();
    private readonly List<(Func<ClusterState, bool> Predicate, TaskCompletionSource<ClusterState> Done)> _waiting = [];
    private bool _ended;

    /// <summary>Completes when the predicate holds, now or after a change.</summary>
    public async Task<ClusterState> WaitAsync(
        Func<ClusterState, bool> predicate, Func<ClusterState> current, CancellationToken cancellationToken)
    {
        TaskCompletionSource<ClusterState> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_ended)
            {
                throw new InvalidOperationException("The controller is stopping.");
            }

            _waiting.Add((predicate, done));
        }

        ClusterState now = current(); // After it was noted: a change in between is seen by one of the two.
        if (predicate(now))
        {
            done.TrySetResult(now);
        }

        try
        {
            return await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _waiting.RemoveAll(w => w.Done == done);
            }
        }
    }

    /// <summary>The state has changed. A predicate that throws ends its own wait only.</summary>
    public void Check(ClusterState state)
    {
        (Func<ClusterState, bool> Predicate, TaskCompletionSource<ClusterState> Done)[] waiting;
        lock (_gate)
        {
            waiting = [.. _waiting];
        }

        foreach ((Func<ClusterState, bool> predicate, TaskCompletionSource<ClusterState> done) in waiting)
        {
            try
            {
                if (predicate(state))
                {
                    done.TrySetResult(state);
                }
            }
            catch (Exception e)
            {
                done.TrySetException(e);
            }
        }
    }

    /// <summary>No further change will come.</summary>
    public void EndAll()
    {
        lock (_gate)
        {
            _ended = true;
            _waiting.ForEach(w => w.Done.TrySetException(new InvalidOperationException("The controller is stopping.")));
        }
    }
}
