using System.Collections.Concurrent;
using Baton.Server.Rest;
using Xunit;

namespace Baton.Server.Tests.Rest;

/// <summary>Who is served in which order while the one thread is busy.</summary>
public sealed class PasswordQueueTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly PasswordQueue _queue = new();
    private readonly ConcurrentQueue<string> _served = new();
    private readonly ManualResetEventSlim _open = new();
    private Task<bool> _first = Task.FromResult(false);

    public void Dispose()
    {
        _open.Set();
        _queue.Dispose();
        _open.Dispose();
    }

    [Fact]
    public async Task A_login_waits_for_one_guess_of_another_address_however_many_there_are()
    {
        Task[] guesses = await BusyAsync(count: 15);

        Task<bool> login = Ask("operator", "admin", isRight: true);
        await EndAsync([.. guesses, login]);

        Assert.True(await login);
        Assert.InRange(Place("operator"), 0, 1);
    }

    [Fact]
    public async Task Behind_one_address_who_has_not_guessed_wrong_comes_before_who_has()
    {
        Task[] guesses = await BusyAsync(count: 10, failures: 1);

        Task<bool> login = _queue.RunAsync(new LoginOrigin("guesser"), "admin", () => Serve("operator", true), CancellationToken.None);
        await EndAsync([.. guesses, login]);

        Assert.Equal(0, Place("operator"));
    }

    [Fact]
    public async Task A_name_that_is_guessed_at_is_served_after_others_of_its_address_even_on_new_connections()
    {
        _open.Set();
        for (int guess = 0; guess < 5; guess++)
        {
            Assert.False(await Ask("here", "admin", isRight: false).WaitAsync(Limit));
        }

        _open.Reset();
        Task[] guesses = await BusyAsync(count: 10, address: "here", name: "admin");
        Task<bool> login = _queue.RunAsync(new LoginOrigin("here"), "me", () => Serve("operator", true), CancellationToken.None);
        await EndAsync([.. guesses, login]);

        Assert.True(Place("operator") <= 5, string.Join(' ', _served)); // behind the five that were served before
    }

    [Fact]
    public async Task What_is_guessed_wrong_while_others_of_the_name_wait_counts_for_them_too()
    {
        Task[] guesses = await BusyAsync(count: 10);
        Task<bool> login = _queue.RunAsync(new LoginOrigin("guesser"), "me", () => Serve("operator", true), CancellationToken.None);
        await EndAsync([.. guesses, login]);

        Assert.Equal(1, Place("operator")); // behind the first guess
    }

    [Fact]
    public async Task An_address_that_has_not_guessed_comes_before_many_that_have()
    {
        _open.Set();
        for (int guesser = 0; guesser < 20; guesser++)
        {
            Assert.False(await Ask($"guesser {guesser}", "admin", isRight: false).WaitAsync(Limit));
        }

        _open.Reset();
        await BusyAsync(count: 0);
        Task<bool>[] guesses = [.. Enumerable.Range(0, 20).Select(guesser => Ask($"guesser {guesser}", "admin", isRight: false))];
        Task<bool> login = Ask("operator", "admin", isRight: true);
        await EndAsync([.. guesses, login]);

        Assert.Equal(20, Place("operator")); // right behind those that were served before
    }

    [Fact]
    public async Task What_is_known_to_be_wrong_comes_after_all_others_and_goes_first_where_there_are_too_many()
    {
        await BusyAsync(count: 0);
        Task<bool>[] hopeless =
        [
            .. Enumerable.Range(0, RestLimits.MaxWaitingLoginsPerAddress).Select(_ => _queue.RunAsync(
                new LoginOrigin("here", IsHopeless: true), "admin", () => Serve("guess", false), CancellationToken.None)),
        ];
        Task<bool> login = _queue.RunAsync(new LoginOrigin("here", Failures: 3), "admin", () => Serve("operator", true), CancellationToken.None);

        await Assert.ThrowsAsync<RestException>(() => hopeless[^1].WaitAsync(Limit));
        await EndAsync([.. hopeless[..^1], login]);
        Assert.Equal(0, Place("operator"));
    }

    [Fact]
    public async Task Too_many_of_one_address_are_refused_and_the_one_that_failed_most_goes()
    {
        Task[] guesses = await BusyAsync(count: RestLimits.MaxWaitingLoginsPerAddress, failures: 3);

        Task<bool> login = _queue.RunAsync(new LoginOrigin("guesser"), "admin", () => Serve("operator", true), CancellationToken.None);

        RestException refused = await Assert.ThrowsAsync<RestException>(() => guesses[^1].WaitAsync(Limit));
        Assert.Equal(429, refused.Status);
        Assert.Equal(RestLimits.MaxWaitingLoginsPerAddress, _queue.Waiting);
        await EndAsync([.. guesses[..^1], login]);
        Assert.True(await login);
    }

    [Fact]
    public async Task Who_goes_away_gives_up_the_place()
    {
        await BusyAsync(count: 0);
        using CancellationTokenSource gone = new();
        Task<bool> left = _queue.RunAsync(new LoginOrigin("a"), "x", () => Serve("left", true), gone.Token);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.WaitAsync(Limit));
        Assert.Equal(0, _queue.Waiting);
        await EndAsync([]);
        Assert.DoesNotContain("left", _served);
    }

    /// <summary>The thread is at work on something, and so many guesses wait behind it.</summary>
    private async Task<Task[]> BusyAsync(int count, int failures = 0, string address = "guesser", string name = "admin")
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _first = _queue.RunAsync(
            new LoginOrigin("first"), "",
            () =>
            {
                begun.SetResult();
                return _open.Wait(Limit);
            },
            CancellationToken.None);
        await begun.Task.WaitAsync(Limit);
        return
        [
            .. Enumerable.Range(0, count).Select(_ => _queue.RunAsync(
                new LoginOrigin(address, failures), name, () => Serve(address, false), CancellationToken.None)),
        ];
    }

    private Task<bool> Ask(string address, string name, bool isRight) =>
        _queue.RunAsync(new LoginOrigin(address), name, () => Serve(address, isRight), CancellationToken.None);

    private async Task EndAsync(Task[] all)
    {
        _open.Set();
        await Task.WhenAll([_first, .. all]).WaitAsync(Limit);
    }

    private bool Serve(string who, bool isRight)
    {
        _served.Enqueue(who);
        return isRight;
    }

    private int Place(string who) => _served.ToList().IndexOf(who);
}
