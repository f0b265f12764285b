namespace Baton.Cli.Bench.Handoff.Rows;

/// <summary>What the callers of a row do.</summary>
internal enum LoadKind
{
    /// <summary>INCR of one key: the server's own count says what was executed.</summary>
    Increments,

    /// <summary>GET, which a client may repeat.</summary>
    Reads,

    /// <summary>Half of the callers INCR, half GET.</summary>
    ReadsAndIncrements,

    /// <summary>WATCH, GET, MULTI, SET, EXEC, each caller on a key of its own, or what the library has for it.</summary>
    Transactions,

    /// <summary>20 INCR sent together.</summary>
    Batches,
}
