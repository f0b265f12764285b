using Baton.Server.Rest;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Baton.Server.Tests.Rest;

/// <summary>Who shakes hands in which order.</summary>
public sealed class HandshakeTurnsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider _clock = new();
    private readonly HandshakeTurns _turns;

    public HandshakeTurnsTests() => _turns = new HandshakeTurns(most: 2, Longest, _clock);

    [Fact]
    public async Task Addresses_take_turns_and_of_one_who_came_last_goes_first()
    {
        IDisposable[] taken = [await Take("flood"), await Take("flood")];
        Task<IDisposable> old = Take("flood");
        Task<IDisposable> late = Take("flood");
        Task<IDisposable> other = Take("other");

        taken[0].Dispose();
        IDisposable next = await late.WaitAsync(Limit);
        next.Dispose();
        await other.WaitAsync(Limit);

        Assert.False(old.IsCompleted);
        taken[1].Dispose();
        await old.WaitAsync(Limit);
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_keeps_others_waiting_for_the_time_of_a_turn_and_no_longer()
    {
        IDisposable[] silent = [await Take("silent"), await Take("silent")];
        Task<IDisposable> login = Take("operator");
        _clock.Advance(Longest - TimeSpan.FromTicks(1));
        Assert.False(login.IsCompleted);

        _clock.Advance(TimeSpan.FromTicks(1));
        await login.WaitAsync(Limit);

        silent[0].Dispose(); // Its turn was over already: nobody gets it twice.
        silent[1].Dispose();
        await Take("a").WaitAsync(Limit);
        Assert.False(Take("b").IsCompleted);
    }

    [Fact]
    public async Task Who_goes_away_gives_up_the_place()
    {
        IDisposable[] taken = [await Take("a"), await Take("a")];
        using CancellationTokenSource gone = new();
        Task<IDisposable> left = _turns.TakeAsync("b", gone.Token);
        Task<IDisposable> next = Take("c");

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.WaitAsync(Limit));
        taken[0].Dispose();
        await next.WaitAsync(Limit);
    }

    private Task<IDisposable> Take(string address) => _turns.TakeAsync(address, CancellationToken.None);
}
