using System.Security.Cryptography.X509Certificates;

namespace Baton.Lab;

/// <summary>How connections behave that a relay accepts from now on.</summary>
public sealed record RelaySettings
{
    /// <summary>From a command's way out to its reply's arrival.</summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>Says nothing to new connections until it is let speak.</summary>
    public bool IsMute { get; init; }

    /// <summary>Says yes to the opt-in; false leaves the server's own answer, which is an error.</summary>
    public bool AcceptsOptIn { get; init; } = true;

    /// <summary>Clients speak TLS to the relay; null for plain connections.</summary>
    public X509Certificate2? Certificate { get; init; }
}
