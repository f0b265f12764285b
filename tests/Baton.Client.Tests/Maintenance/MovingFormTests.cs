using System.Net;
using Xunit;

namespace Baton.Client.Tests.Maintenance;

/// <summary>Conformance B: which form of address MOVING shall name. Names are never looked up for it (B19, B20): the peer's address is known.</summary>
public sealed class MovingFormTests
{
    // B16
    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("11.0.0.1", false)]
    [InlineData("172.15.255.255", false)]
    [InlineData("172.16.0.1", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.0.1", true)]
    [InlineData("192.169.0.1", false)]
    [InlineData("169.254.1.1", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("100.64.0.1", false)]
    [InlineData("54.78.247.156", false)]
    [InlineData("::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fc00::1", true)]
    [InlineData("fdff::1", true)]
    [InlineData("fe00::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("::ffff:34.1.2.3", false)]
    public void Private_addresses_are_internal(string address, bool isPrivate) => Assert.Equal(isPrivate, MovingForm.IsPrivate(IPAddress.Parse(address)));

    // B17
    [Theory]
    [InlineData("10.0.0.1", false, "internal-ip")]
    [InlineData("10.0.0.1", true, "internal-fqdn")]
    [InlineData("54.1.2.3", false, "external-ip")]
    [InlineData("54.1.2.3", true, "external-fqdn")]
    public void The_scope_comes_from_the_address_and_the_form_from_TLS(string address, bool isTls, string word) =>
        Assert.Equal(word, MovingForm.Word(MovingEndpointForm.Auto, new IPEndPoint(IPAddress.Parse(address), 6379), isTls));

    // B18
    [Fact]
    public void Without_an_address_nothing_is_asked_for() => Assert.Equal("none", MovingForm.Word(MovingEndpointForm.Auto, null, false));

    // B19
    [Fact]
    public void A_choice_overrides_what_the_address_says() =>
        Assert.Equal("external-fqdn", MovingForm.Word(MovingEndpointForm.ExternalFqdn, new IPEndPoint(IPAddress.Loopback, 6379), false));
}
