using System.Diagnostics;

namespace Baton.Client.Tests.Kit;

/// <summary>
/// Waits until the thread pool has nothing to do, so that a test on a virtual clock advances only when everything that can happen has happened.
/// Looks from outside: work of its own would keep the pool awake. Tests that use it run alone (<see cref="VirtualTime"/>).
/// </summary>
internal static class ThreadPoolRest
{
    /// <summary>So many looks in a row must find nothing queued, nobody else at work, and nothing done in between.</summary>
    private const int CalmLooks = 10;

    /// <summary>Who is at work for so long with nothing queued and nothing done, stands on its pool thread for good (a test host that waits).</summary>
    private static readonly TimeSpan StandsFor = TimeSpan.FromSeconds(2);

    /// <summary>Pool threads that somebody stands on.</summary>
    private static int _standing;

    public static void Reach()
    {
        var quietSince = Stopwatch.GetTimestamp();
        var done = -1L;
        for (var calm = 0; calm < CalmLooks; Thread.Yield())
        {
            var before = done;
            done = ThreadPool.CompletedWorkItemCount;
            if (ThreadPool.PendingWorkItemCount > 0 || done != before)
            {
                quietSince = Stopwatch.GetTimestamp();
                calm = 0;
                continue;
            }

            var others = OthersAtWork();
            if (others < _standing || Stopwatch.GetElapsedTime(quietSince) > StandsFor)
            {
                _standing = others;
            }

            calm = others <= _standing && ThreadPool.PendingWorkItemCount == 0 ? calm + 1 : 0;
        }
    }

    /// <summary>A test may itself run on a pool thread.</summary>
    private static int OthersAtWork()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
        return Math.Max(0, most - free - (Thread.CurrentThread.IsThreadPoolThread ? 1 : 0));
    }
}
