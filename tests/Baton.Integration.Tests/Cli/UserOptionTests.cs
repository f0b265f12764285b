using System.CommandLine;
using Baton.Cli;
using Baton.Cli.Api;
using Baton.Cli.Verbs;
using Xunit;

namespace Baton.Integration.Tests.Cli;

/// <summary>Where users of the API are given, for <c>up</c> and for the verbs that talk to it alike.</summary>
public sealed class UserOptionTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_file_gives_users_that_the_list_of_processes_does_not_show()
    {
        File.WriteAllText(_file, "a@b.c:p:w\r\n\nsecond:pw\n");

        var up = UpOptions.Read(Parse("up", "--user-file", _file));

        Assert.Equal([("a@b.c", "p:w"), ("second", "pw")], up.Users.Select(user => (user.Key, user.Value)).Order());
        Assert.Equal(["a@b.c:p:w", "second:pw"], ApiOptions.Users(Parse("status", "--user-file", _file)));
        Assert.Equal(["third:x", "a@b.c:p:w", "second:pw"], ApiOptions.Users(Parse("status", "--user", "third:x", "--user-file", _file)));
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("nopassword\n", "NAME:PASSWORD")]
    public void A_file_of_something_else_is_refused_by_name(string content, string says)
    {
        File.WriteAllText(_file, content);

        var error = Assert.Throws<ApiException>(() => ApiOptions.Users(Parse("status", "--user-file", _file)));

        Assert.Contains(_file, error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_refused_by_name() => Assert.Contains(
        "--user-file /nowhere/users",
        Assert.Throws<ApiException>(() => ApiOptions.Users(Parse("up", "--user-file", "/nowhere/users"))).Message, StringComparison.Ordinal);

    private static ParseResult Parse(params string[] arguments) => BatonProgram.CreateRoot().Parse(arguments);
}
