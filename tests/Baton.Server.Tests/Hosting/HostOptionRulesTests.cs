using Baton.Server.Hosting;
using Xunit;

namespace Baton.Server.Tests.Hosting;

public sealed class HostOptionRulesTests
{
    private static readonly ClusterHostOptions Options = new() { DataDirectory = "unused" };

    [Theory]
    [InlineData("cluster.local")]
    [InlineData("a")]
    [InlineData("my-cluster.example.com")]
    public void Domain_names_are_names_of_clusters(string name) => HostOptionRules.Require(Options with { ClusterName = name });

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("bad_name!")]
    [InlineData("with space")]
    [InlineData("-a.local")]
    [InlineData("cluster.local\n")]
    public void Others_are_not(string name) => Refused("--name", Options with { ClusterName = name });

    [Fact]
    public void Numbers_have_the_bounds_the_api_has()
    {
        HostOptionRules.Require(Options with { HandoffsDelayMs = 0, GraceSeconds = 1, Loops = 256 });
        Refused("--delay-ms", Options with { HandoffsDelayMs = 10_001 });
        Refused("--delay-ms", Options with { HandoffsDelayMs = -1 });
        Refused("--grace-seconds", Options with { GraceSeconds = 0 });
        Refused("--grace-seconds", Options with { GraceSeconds = 3601 });
        Refused("--loops", Options with { Loops = -1 });
        Refused("--loops", Options with { Loops = 257 });
    }

    [Fact]
    public void External_addresses_are_addresses_and_users_have_passwords()
    {
        Refused("external address \"foo!\"", Options with { ExternalAddresses = ["203.0.113.1", "foo!", "203.0.113.3"] });
        Refused("The user somebody has no password", Options with { Users = new Dictionary<string, string> { ["somebody"] = "" } });
    }

    private static void Refused(string what, ClusterHostOptions options) =>
        Assert.Contains(what, Assert.Throws<ClusterHostException>(() => HostOptionRules.Require(options)).Message, StringComparison.Ordinal);
}
