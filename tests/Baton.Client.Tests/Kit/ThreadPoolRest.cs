using System.Diagnostics;

namespace Baton.Client.Tests.Kit;

/// <summary>
/// Waits until the thread pool has nothing to do, so that a test on a virtual clock advances only when everything that can happen has happened.
/// Tests that use it run alone (<see cref="VirtualTime"/>).
/// </summary>
internal static class ThreadPoolRest
{
    /// <summary>So many looks in a row must find nothing queued, nobody else at work, and nothing done in between but the look itself.</summary>
    private const int CalmLooks = 3;

    /// <summary>Who is at work for so long with nothing queued and nothing done, stands on its pool thread for good (a test host that waits).</summary>
    private static readonly TimeSpan StandsFor = TimeSpan.FromSeconds(5);

    public static async Task ReachedAsync()
    {
        var calmSince = Stopwatch.GetTimestamp();
        var done = ThreadPool.CompletedWorkItemCount;
        for (var calm = 0; calm < CalmLooks;)
        {
            var turn = new Turn();
            ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: false);
            await turn.Task.ConfigureAwait(false);
            var before = done;
            done = ThreadPool.CompletedWorkItemCount;
            if (ThreadPool.PendingWorkItemCount > 0 || done > before + 1)
            {
                calmSince = Stopwatch.GetTimestamp();
                calm = 0;
                continue;
            }

            var isAlone = IsAlone() && ThreadPool.PendingWorkItemCount == 0;
            calm = isAlone || Stopwatch.GetElapsedTime(calmSince) > StandsFor ? calm + 1 : 0;
        }
    }

    /// <summary>A test may run on a thread of its own, and then every pool thread at work is another.</summary>
    private static bool IsAlone()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
        return most - free <= (Thread.CurrentThread.IsThreadPoolThread ? 1 : 0);
    }

    /// <summary>Behind everything that is queued now; who awaits it goes on, on the pool thread, at once.</summary>
    private sealed class Turn : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource _source = new();

        public Task Task => _source.Task;

        public void Execute() => _source.SetResult();
    }
}
