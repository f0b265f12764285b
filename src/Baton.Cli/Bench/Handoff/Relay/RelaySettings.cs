namespace Baton.Cli.Bench.Handoff.Relay;

/// <summary>How connections behave that are accepted from now on.</summary>
internal sealed record RelaySettings
{
    /// <summary>From a command's way out to its reply's arrival.</summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>Says nothing to new connections until it is let speak.</summary>
    public bool IsMute { get; init; }

    /// <summary>Says yes to the opt-in; false leaves the server's own answer, which is an error.</summary>
    public bool AcceptsOptIn { get; init; } = true;
}
