using Xunit;

namespace Baton.Client.Tests.Timeouts;

public sealed class HeartbeatTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_beat_needs_no_thread_of_the_pool_which_callers_may_all_have_blocked()
    {
        var ticked = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var heartbeat = new Heartbeat(TimeProvider.System, () => ticked.TrySetResult(Thread.CurrentThread.IsThreadPoolThread));

        Assert.False(await ticked.Task.WaitAsync(Limit));
    }

    [Fact]
    public async Task It_goes_on_when_others_end_and_begin()
    {
        var ticks = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var heartbeat = new Heartbeat(TimeProvider.System, () =>
        {
            if (Interlocked.Increment(ref ticks) == 20)
            {
                enough.SetResult();
            }
        });
        while (!enough.Task.IsCompleted)
        {
            var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var other = new Heartbeat(TimeProvider.System, () => first.TrySetResult());
            await first.Task.WaitAsync(Limit);
        }
    }
}
