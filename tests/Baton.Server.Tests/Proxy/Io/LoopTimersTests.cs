using Baton.Server.Proxy.Io;
using Xunit;

namespace Baton.Server.Tests.Proxy.Io;

public sealed class LoopTimersTests
{
    [Fact]
    public void Due_times_are_rounded_up_to_the_heartbeat()
    {
        var timers = new LoopTimers();

        timers.Add(11, static () => { });

        Assert.Equal(20, timers.NextDueMs);
        Assert.False(timers.TryTake(19, out _));
        Assert.True(timers.TryTake(20, out _));
        Assert.Equal(long.MaxValue, timers.NextDueMs);
    }

    [Fact]
    public void Long_timers_that_are_cancelled_again_and_again_do_not_pile_up()
    {
        var timers = new LoopTimers();
        using var kept = timers.Add(500, static () => { });

        for (int i = 0; i < 10_000; i++)
        {
            timers.Add(1_000_000, static () => { }).Dispose();
        }

        Assert.InRange(timers.Count, 1, 200);
        Assert.Equal(500, timers.NextDueMs);
    }
}
