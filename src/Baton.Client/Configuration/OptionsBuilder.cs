using System.Security.Authentication;

namespace Baton.Client;

/// <summary>Options in the making: read in any order, put together at the end.</summary>
internal sealed class OptionsBuilder(RedisClientOptions options)
{
    private readonly HashSet<string> _given = [];

    /// <summary>So far.</summary>
    public RedisClientOptions Options { get; set; } = options;

    /// <summary>Whether TLS was asked for or refused; null for neither.</summary>
    public bool? UsesTls { get; set; }

    /// <summary>The name the certificate must be for.</summary>
    public string? TlsServerName { get; set; }

    /// <summary>TLS versions.</summary>
    public SslProtocols? TlsProtocols { get; set; }

    /// <summary>An error that names a part of what was read.</summary>
    public static ArgumentException Wrong(string part, string rule) => new($"Redis options: {part} {rule}.");

    /// <summary>Sets an option by one of its names.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <param name="value">Its value.</param>
    /// <param name="shownAs">What an error calls it. Default: its name.</param>
    /// <returns>False when there is no such option.</returns>
    /// <exception cref="ArgumentException">The value cannot be read, or the option was given before; the text names the option.</exception>
    public bool TrySet(string name, string value, string? shownAs = null)
    {
        if (OptionNames.Find(name) is not { } option)
        {
            return false;
        }

        if (!_given.Add(option.Name))
        {
            throw Wrong($"the option {shownAs ?? name}", "is given twice");
        }

        try
        {
            option.Apply(this, value);
        }
        catch (FormatException e)
        {
            throw Wrong($"the option {shownAs ?? name}", e.Message);
        }

        return true;
    }

    /// <summary>The options.</summary>
    public RedisClientOptions Build()
    {
        var usesTls = UsesTls ?? Options.Tls is not null;
        if (!usesTls && (TlsServerName is not null || TlsProtocols is not null))
        {
            throw Wrong("sslHost and sslProtocols", "need TLS: add ssl=true, or use rediss://");
        }

        if (!usesTls)
        {
            return Options with { Tls = null };
        }

        var tls = Options.Tls ?? new RedisTlsOptions();
        return Options with
        {
            Tls = tls with { ServerName = TlsServerName ?? tls.ServerName, Protocols = TlsProtocols ?? tls.Protocols },
        };
    }
}
