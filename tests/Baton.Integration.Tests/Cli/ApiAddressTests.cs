using Baton.Cli.Api;
using Baton.Server.Control;
using Baton.Server.Hosting;
using Xunit;

namespace Baton.Integration.Tests.Cli;

public sealed class ApiAddressTests : IDisposable
{
    private static readonly AccessFile Access = new("https://localhost:9443", "local", "secret", "PEM");
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("baton-access-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void The_access_file_of_a_running_cluster_is_enough()
    {
        Access.Write(_directory.FullName, new ControlFeed());

        var found = ApiAddress.Find(url: null, user: null, insecure: false, _directory.FullName);

        Assert.Equal(new ApiAddress("https://localhost:9443", "local", "secret", "PEM", false), found);
        Assert.DoesNotContain("secret", found.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_given_user_goes_before_it()
    {
        Access.Write(_directory.FullName, new ControlFeed());

        var found = ApiAddress.Find(url: null, "a@b.c:p:w", insecure: false, _directory.FullName);

        Assert.Equal(("a@b.c", "p:w", "PEM"), (found.User, found.Password, found.Certificate));
    }

    [Fact]
    public void Another_address_does_not_get_its_secret()
    {
        Access.Write(_directory.FullName, new ControlFeed());

        var error = Assert.Throws<ApiException>(() => ApiAddress.Find("https://elsewhere.test:9443", user: null, insecure: false, _directory.FullName));

        Assert.Contains("--user", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://localhost:9443", true)]
    [InlineData("https://127.0.0.1:1", true)]
    [InlineData("https://cluster.example:9443", false)]
    public void Certificates_are_checked_unless_the_api_is_on_this_machine(string url, bool insecure) =>
        Assert.Equal(insecure, ApiAddress.Find(url, "a:b", insecure: false, _directory.FullName).Insecure);

    [Theory]
    [InlineData("http://localhost:9443", "a:b")]
    [InlineData("localhost", "a:b")]
    [InlineData("https://localhost:9443", "nopassword")]
    [InlineData("https://localhost:9443", ":x")]
    public void What_cannot_be_an_address_or_a_user_is_refused(string url, string user) =>
        Assert.Throws<ApiException>(() => ApiAddress.Find(url, user, insecure: false, _directory.FullName));

    [Fact]
    public void The_access_file_is_private_and_goes_away()
    {
        Access.Write(_directory.FullName, new ControlFeed());
        var path = Path.Combine(_directory.FullName, "access.json");
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));

        AccessFile.Remove(_directory.FullName, new ControlFeed());

        Assert.Null(AccessFile.TryRead(_directory.FullName));
    }
}
