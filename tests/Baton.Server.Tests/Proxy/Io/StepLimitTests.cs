using System.Net;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Baton.Server.Tests.Proxy.Io;

/// <summary>However much waits for a loop, its turns stay short, and the order stays.</summary>
public sealed class StepLimitTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Many_posted_actions_and_timers_are_spread_over_turns_in_their_order()
    {
        FakeTimeProvider clock = new();
        ClockLoop loop = new(new ProxyDriverOptions { TimeProvider = clock });
        List<int> done = [];
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        for (int i = 0; i < 200; i++)
        {
            int number = i;
            loop.Post(() => Do(number));
        }

        for (int i = 200; i < 300; i++)
        {
            int number = i;
            _ = loop.At(0, () => Do(number));
        }

        loop.Start();
        await all.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        loop.Stop();
        await loop.Stopped.WaitAsync(Limit, TestContext.Current.CancellationToken);

        // A step ends with the action that takes it over its limit.
        TimeSpan each = TimeSpan.FromMilliseconds(0.5);
        Assert.InRange(loop.Turns.Longest, each, 2 * (EventLoop.StepLimit + each));
        Assert.Equal(0, loop.Turns.Long);
        Assert.Equal(Enumerable.Range(0, 200), done.Where(static number => number < 200));
        Assert.Equal(Enumerable.Range(200, 100), done.Where(static number => number >= 200));

        void Do(int number)
        {
            clock.Advance(TimeSpan.FromMilliseconds(0.5));
            done.Add(number);
            if (done.Count == 300)
            {
                all.SetResult();
            }
        }
    }

    [Fact]
    public async Task What_was_posted_before_the_end_still_runs_all()
    {
        FakeTimeProvider clock = new();
        ClockLoop loop = new(new ProxyDriverOptions { TimeProvider = clock });
        int done = 0;
        loop.Stop();
        for (int i = 0; i < 50; i++)
        {
            loop.Post(() =>
            {
                clock.Advance(EventLoop.StepLimit);
                done++;
            });
        }

        loop.Start();
        await loop.Stopped.WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.Equal(50, done);
    }

    /// <summary>A loop without sockets.</summary>
    private sealed class ClockLoop(ProxyDriverOptions options) : EventLoop(0, options)
    {
        public override IConnection Connect(EndPoint address, IConnectionHandler handler) => throw new NotSupportedException();

        protected override void Poll(int timeoutMs) => ReadClock();

        protected override void Wake()
        {
        }

        protected override void CloseConnections(CloseReason reason)
        {
        }

        protected override void Release()
        {
        }
    }
}
