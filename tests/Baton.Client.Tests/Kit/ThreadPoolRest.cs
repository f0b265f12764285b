using System.Diagnostics;

namespace Baton.Client.Tests.Kit;

/// <summary>
/// Waits until the thread pool has nothing to do, so that a test on a virtual clock advances only when everything that can happen has happened.
/// Tests that use it run alone (<see cref="VirtualTime"/>).
/// </summary>
internal static class ThreadPoolRest
{
    /// <summary>So many looks in a row must find nothing queued and nobody else at work.</summary>
    private const int CalmLooks = 3;

    /// <summary>Who is at work for so long with nothing queued, stands on its pool thread for good (a test host that waits).</summary>
    private static readonly TimeSpan StandsFor = TimeSpan.FromSeconds(1);

    /// <summary>Pool threads that somebody stands on.</summary>
    private static int _standing;

    public static async Task ReachedAsync()
    {
        var begin = Stopwatch.GetTimestamp();
        for (var calm = 0; calm < CalmLooks;)
        {
            var turn = new Turn();
            ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: false);
            await turn.Task.ConfigureAwait(false);

            // A test may run on a thread of its own, and then every pool thread at work is another.
            var others = AtWork() - (Thread.CurrentThread.IsThreadPoolThread ? 1 : 0);
            if (ThreadPool.PendingWorkItemCount > 0)
            {
                begin = Stopwatch.GetTimestamp();
            }
            else if (others < _standing || Stopwatch.GetElapsedTime(begin) > StandsFor)
            {
                _standing = Math.Max(others, 0);
            }

            calm = ThreadPool.PendingWorkItemCount == 0 && others <= _standing ? calm + 1 : 0;
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
