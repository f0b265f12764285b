using System.Net;
using Baton.Cli.Demo.Model;

namespace Baton.Cli.Demo.Load;

/// <summary>What all parts of the load share.</summary>
internal sealed record LoadContext
{
    /// <summary>Clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where commands, failures and notifications are counted.</summary>
    public required LoadStatistics Statistics { get; init; }

    /// <summary>Where wrong answers go.</summary>
    public required FindingLog Findings { get; init; }

    /// <summary>The database's password; null = none.</summary>
    public string? Password { get; init; }

    /// <summary>False against a server without maintenance notifications.</summary>
    public bool Notifications { get; init; } = true;

    /// <summary>Asks where the database is reachable now, as a client would ask DNS.</summary>
    public required Func<CancellationToken, Task<IReadOnlyList<IPEndPoint>>> Resolve { get; init; }
}
