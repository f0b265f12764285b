using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Baton.Server.Control;

namespace Baton.Server.Rest;

/// <summary>The API's self-signed certificate: made on first start, kept with its key in one file that only its owner can read.</summary>
internal static class RestCertificate
{
    private const string Subject = "CN=Baton, O=Baton";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    /// <summary>
    /// Loads it, or makes it when it is missing, damaged, about to expire, or lacks a name. One that is not of our making is kept beside.
    /// Valid for localhost, the cluster's name and the names below it, loopback and the given addresses.
    /// </summary>
    public static X509Certificate2 LoadOrCreate(string path, string clusterName, IEnumerable<IPAddress> addresses, TimeProvider clock, ControlFeed feed)
    {
        string[] names = ["localhost", clusterName, $"*.{clusterName}"];
        IPAddress[] all = [.. addresses.Append(IPAddress.Loopback).Append(IPAddress.IPv6Loopback).Distinct()];
        var loaded = TryLoad(path);
        if (loaded is not null && Covers(loaded, names, all, clock))
        {
            return loaded;
        }

        if (loaded?.Subject != Subject && File.Exists(path))
        {
            // Somebody else's, or damaged: it may be all there is of it.
            var aside = $"{path}.replaced-{clock.GetUtcNow():yyyyMMdd-HHmmss}";
            File.Move(path, aside);
            feed.Say("rest", $"{path} is no certificate that the API can use for its names; it was moved to {aside}, and a new one was made");
        }

        loaded?.Dispose();
        Create(path, names, all, clock);
        return TryLoad(path) ?? throw new InvalidDataException($"The certificate {path} was written but cannot be read.");
    }

    private static X509Certificate2? TryLoad(string path)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(path);
            if (!OperatingSystem.IsWindows())
            {
                return certificate;
            }

            // Schannel does not take keys that live in memory only.
            using (certificate)
            {
                return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or CryptographicException)
        {
            return null;
        }
    }

    private static bool Covers(X509Certificate2 certificate, string[] names, IPAddress[] addresses, TimeProvider clock)
    {
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return alternatives is not null
            && certificate.NotAfter.ToUniversalTime() - clock.GetUtcNow().UtcDateTime > RenewBefore
            && names.All(name => alternatives.EnumerateDnsNames().Contains(name, StringComparer.OrdinalIgnoreCase))
            && addresses.All(address => alternatives.EnumerateIPAddresses().Contains(address));
    }

    private static void Create(string path, string[] names, IPAddress[] addresses, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject, key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        Array.ForEach(names, alternatives.AddDnsName);
        Array.ForEach(addresses, alternatives.AddIpAddress);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var now = clock.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now - TimeSpan.FromDays(1), now + Lifetime);
        PrivateFile.Write(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }
}
