using System.Collections.Immutable;

namespace Baton.Client;

/// <summary>What a connection is told beyond the options, so that the next one is told it too. Immutable.</summary>
/// <param name="Database">The database number chosen.</param>
/// <param name="ClientName">The connection's name; null for none.</param>
/// <param name="Replay">Whole commands sent after the greeting, in order (CLIENT TRACKING ...); their errors fail the connection.</param>
internal sealed record SessionState(int Database, string? ClientName, ImmutableArray<byte[]> Replay)
{
    /// <summary>CLIENT TRACKING ON ..., null for none. Kept apart from <see cref="Replay"/>: a server may be without it.</summary>
    public byte[]? Tracking { get; init; }

    /// <summary>True when a server that cannot track is an error.</summary>
    public bool TrackingIsRequired { get; init; }

    /// <summary>As the options say.</summary>
    public static SessionState From(RedisClientOptions options) => new(options.Database, options.ClientName, []);
}
