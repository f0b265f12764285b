using Baton.Server.Rest;
using Xunit;

namespace Baton.Server.Tests.Rest;

public sealed class UserStoreTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("baton-users-");

    private string Path => System.IO.Path.Combine(_directory.FullName, "users.json");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_user_is_known_again_after_a_restart()
    {
        using (var store = UserStore.Open(Path))
        {
            store.Set("a@b.c", "p:w\u00e9");
        }

        using var again = UserStore.Open(Path);

        Assert.True(await again.VerifyAsync("a@b.c", "p:w\u00e9", new LoginOrigin("here"), CancellationToken.None));
        Assert.True(await again.VerifyAsync("a@b.c", "p:w\u00e9", new LoginOrigin("here"), CancellationToken.None));
        Assert.False(await again.VerifyAsync("a@b.c", "p:we", new LoginOrigin("here"), CancellationToken.None));
        Assert.False(await again.VerifyAsync("A@b.c", "p:w\u00e9", new LoginOrigin("here"), CancellationToken.None));
    }

    [Fact]
    public async Task An_old_password_is_worth_nothing_once_it_was_changed()
    {
        using var store = UserStore.Open(Path);
        store.Set("admin", "old");
        Assert.True(await store.VerifyAsync("admin", "old", new LoginOrigin("here"), CancellationToken.None));

        store.Set("admin", "new");

        Assert.False(await store.VerifyAsync("admin", "old", new LoginOrigin("here"), CancellationToken.None));
        Assert.True(await store.VerifyAsync("admin", "new", new LoginOrigin("here"), CancellationToken.None));
    }

    [Fact]
    public async Task A_password_that_was_set_in_this_run_needs_no_turn_behind_guesses()
    {
        using var store = UserStore.Open(Path);
        store.Set("admin", "right");
        using CancellationTokenSource over = new();
        Task<bool>[] guesses = [.. Enumerable.Range(0, 10).Select(i => store.VerifyAsync("admin", $"guess {i}", new LoginOrigin("here"), over.Token))];

        Task<bool> login = store.VerifyAsync("admin", "right", new LoginOrigin("here"), CancellationToken.None);

        Assert.True(login.IsCompleted && await login);
        Assert.DoesNotContain(guesses, guess => guess.IsCompletedSuccessfully && guess.Result);
        await over.CancelAsync();
    }

    [Fact]
    public async Task A_guess_that_is_repeated_waits_behind_a_first_login()
    {
        UserStore.Open(Path).Set("admin", "right");
        using var store = UserStore.Open(Path);
        Assert.False(await store.VerifyAsync("admin", "wrong", new LoginOrigin("there"), CancellationToken.None));
        Task<bool>[] guesses = [.. Enumerable.Range(0, 10).Select(_ => store.VerifyAsync("admin", "wrong", new LoginOrigin("here"), CancellationToken.None))];

        Assert.True(await store.VerifyAsync("admin", "right", new LoginOrigin("here"), CancellationToken.None));

        Assert.True(guesses.Count(guess => guess.IsCompleted) <= 1, "more than the guess at hand came first");
        Assert.All(await Task.WhenAll(guesses), Assert.False);
    }

    [Fact]
    public void The_file_is_private_and_has_no_password_in_it()
    {
        using var store = UserStore.Open(Path);

        store.Set("admin", "plain-text-password");

        Assert.DoesNotContain("plain-text-password", File.ReadAllText(Path), StringComparison.Ordinal);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task A_user_for_this_run_is_not_kept()
    {
        using (var store = UserStore.Open(Path))
        {
            store.Set("admin", "pw");
            store.SetForThisRun("local", "secret");
            Assert.True(await store.VerifyAsync("local", "secret", new LoginOrigin("here"), CancellationToken.None));
            Assert.False(await store.VerifyAsync("local", "other", new LoginOrigin("here"), CancellationToken.None));
        }

        using var again = UserStore.Open(Path);

        Assert.Equal(["admin"], again.Names);
        Assert.False(await again.VerifyAsync("local", "secret", new LoginOrigin("here"), CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"admin": {"salt": "!", "hash": "!", "iterations": 1}}""")]
    [InlineData("""{"admin": null}""")]
    public void A_damaged_file_is_named(string text)
    {
        File.WriteAllText(Path, text);

        var error = Assert.Throws<InvalidDataException>(() => UserStore.Open(Path));

        Assert.Contains(Path, error.Message, StringComparison.Ordinal);
    }
}
