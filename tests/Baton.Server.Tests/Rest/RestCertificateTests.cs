using System.Net;
using System.Security.Cryptography.X509Certificates;
using Baton.Server.Control;
using Baton.Server.Rest;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Baton.Server.Tests.Rest;

public sealed class RestCertificateTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("baton-certificate-");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    private string Path => System.IO.Path.Combine(_directory.FullName, "certificate.pem");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void It_is_valid_for_the_cluster_its_names_and_addresses()
    {
        using var certificate = Load();

        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["localhost", "cluster.test", "*.cluster.test"], names.EnumerateDnsNames());
        Assert.Equal([IPAddress.Parse("127.0.0.11"), IPAddress.Loopback, IPAddress.IPv6Loopback], names.EnumerateIPAddresses());
        Assert.True(certificate.HasPrivateKey);
        Assert.True(certificate.MatchesHostname("node1.cluster.test"));
    }

    [Fact]
    public void It_is_kept_and_private()
    {
        using var first = Load();
        using var second = Load();

        Assert.Equal(first.Thumbprint, second.Thumbprint);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public void It_is_made_again_when_it_ends_soon_lacks_an_address_or_is_damaged()
    {
        using var first = Load();
        _clock.Advance(TimeSpan.FromDays(3640));
        using var renewed = Load();
        using var wider = Load("127.0.0.12");
        File.WriteAllText(Path, "nonsense");
        using var repaired = Load();

        Assert.Equal(4, new[] { first, renewed, wider, repaired }.Select(certificate => certificate.Thumbprint).Distinct().Count());
    }

    private X509Certificate2 Load(string address = "127.0.0.11") =>
        RestCertificate.LoadOrCreate(Path, "cluster.test", [IPAddress.Parse(address)], _clock, new ControlFeed());
}
