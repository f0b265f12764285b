namespace Baton.Client.Tests.Kit;

/// <summary>
/// Waits until the thread pool has nothing to do, so that a test on a virtual clock advances only when everything that can happen has happened.
/// Tests that use it run alone (<see cref="VirtualTime"/>).
/// </summary>
internal static class ThreadPoolRest
{
    /// <summary>So many looks in a row must find nothing queued and nobody else at work.</summary>
    private const int CalmLooks = 3;

    /// <summary>Somebody may sit on a pool thread for good (a test host that waits): then an empty queue, seen so often, must do.</summary>
    private const int QuietLooks = 100;

    public static async Task ReachedAsync()
    {
        for (int calm = 0, quiet = 0; calm < CalmLooks && quiet < QuietLooks;)
        {
            var turn = new Turn();
            ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: false);
            await turn.Task.ConfigureAwait(false);
            var isQuiet = ThreadPool.PendingWorkItemCount == 0;
            quiet = isQuiet ? quiet + 1 : 0;
            calm = isQuiet && AtWork() <= 1 ? calm + 1 : 0;
        }
    }

    private static int AtWork()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
        return most - free;
    }

    /// <summary>Behind everything that is queued now; who awaits it goes on, on the pool thread, at once.</summary>
    private sealed class Turn : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource _source = new();

        public Task Task => _source.Task;

        public void Execute() => _source.SetResult();
    }
}
