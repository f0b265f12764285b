#pragma warning disable SER009 // The view of the TLS options is marked as experimental with the hook it was made for; the options have no other reader.
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Baton.Client.StackExchangeRedis;

/// <summary>TLS as StackExchange.Redis would do it: callbacks, client certificates, protocols, host name, revocation.</summary>
internal sealed class TlsSettings(ConfigurationOptions options)
{
    private readonly TlsOptions _options = new(options);

    /// <summary>TLS above a stream. The certificate must be for the host that was configured, wherever a handoff leads.</summary>
    /// <exception cref="AuthenticationException">The other side is not who it should be.</exception>
    public async Task<Stream> SecureAsync(Stream stream, EndPoint logical, CancellationToken cancellationToken)
    {
        var host = _options.ResolveHost(logical);
        var secured = new SslStream(
            stream, false, _options.CertificateValidationCallback, _options.CertificateSelectionCallback, EncryptionPolicy.RequireEncryption);
        try
        {
            var authentication = _options.GetSslClientAuthenticationOptions(host) ?? new SslClientAuthenticationOptions
            {
                TargetHost = host,
                EnabledSslProtocols = _options.SslProtocols ?? SslProtocols.None,
                CertificateRevocationCheckMode = _options.CheckCertificateRevocation
                    ? System.Security.Cryptography.X509Certificates.X509RevocationMode.Online
                    : System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
            };
            await secured.AuthenticateAsClientAsync(authentication, cancellationToken).ConfigureAwait(false);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
