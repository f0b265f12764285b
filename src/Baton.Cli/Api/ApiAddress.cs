using Baton.Server.Hosting;

namespace Baton.Cli.Api;

/// <summary>Where the API is, who asks, and which certificate is trusted.</summary>
/// <param name="Url">Ends without a slash.</param>
/// <param name="User">Name for Basic authentication.</param>
/// <param name="Password">Its password.</param>
/// <param name="Certificate">PEM of the only certificate to trust; null = what the system trusts.</param>
/// <param name="Insecure">Any certificate.</param>
internal sealed record ApiAddress(string Url, string User, string Password, string? Certificate, bool Insecure)
{
    private const string DefaultUrl = "https://localhost:9443";

    /// <summary>From options, then environment, then the access file of the cluster that runs on the data directory.</summary>
    /// <exception cref="ApiException">No credentials are known.</exception>
    public static ApiAddress Find(string? url, string? user, bool insecure, string dataDirectory)
    {
        url ??= NonEmpty("BATON_URL");
        var access = AccessFile.TryRead(dataDirectory);
        if (access is not null && (url is null || url.TrimEnd('/') == access.Url))
        {
            var (ownName, ownSecret) = user is null ? (access.User, access.Secret) : Split(user);
            return new ApiAddress(access.Url, ownName, ownSecret, access.Certificate, insecure);
        }

        if (user is null)
        {
            throw new ApiException(
                $"No cluster runs on {Path.GetFullPath(dataDirectory)}, and no user is given. Start one with `baton up`, name its "
                + "directory with --data, or give --url and --user-file FILE (or --user NAME:PASSWORD; BATON_URL, BATON_USER).");
        }

        url = (url ?? DefaultUrl).TrimEnd('/');
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps)
        {
            throw new ApiException($"\"{url}\" is not an address of the API; it looks like {DefaultUrl}.");
        }

        // Nobody can stand between two programs of one machine; the certificate is self-signed, and not known here.
        var (name, password) = Split(user);
        return new ApiAddress(url, name, password, Certificate: null, insecure || uri.IsLoopback || NonEmpty("BATON_INSECURE") is not null);
    }

    /// <summary>Redacts <see cref="Password"/>.</summary>
    public override string ToString() => $"{User} at {Url}";

    internal static (string Name, string Password) Split(string user)
    {
        var colon = user.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? (user[..colon], user[(colon + 1)..])
            : throw new ApiException("A user is given as NAME:PASSWORD.");
    }

    internal static string? NonEmpty(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        return string.IsNullOrEmpty(value) ? null : value;
    }
}
