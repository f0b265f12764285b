using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Baton.Client;

/// <summary>TLS. Defaults: the system's trust, the configured host's name, TLS 1.2 and 1.3.</summary>
public sealed record RedisTlsOptions
{
    /// <summary>
    /// The name the certificate must be for. Null: the host that was configured, also on a connection that a handoff took to an address.
    /// </summary>
    public string? ServerName { get; init; }

    /// <summary>Certificates to show when the server asks for one.</summary>
    public X509CertificateCollection? ClientCertificates { get; init; }

    /// <summary>Certificates to trust instead of the system's.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>Decides instead of the built-in check.</summary>
    public RemoteCertificateValidationCallback? ValidateCertificate { get; init; }

    /// <summary>Versions; the system's choice when <see cref="SslProtocols.None"/>.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.None;
}
