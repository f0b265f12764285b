using Baton.Server.Engines;

namespace Baton.Server.Proxy.Holds;

/// <summary>
/// What one session has on keys of a shard's master: a WATCH, or a blocking command that waits for them. Guarded by its <see cref="KeyClaims"/>.
/// </summary>
internal sealed class KeyClaim
{
    public KeyClaim(IEnumerable<DatabaseKey> keys, bool isOrdered)
    {
        Keys = [.. keys.Distinct()];
        Nodes = isOrdered ? new LinkedListNode<KeyClaim>[Keys.Length] : null;
    }

    /// <summary>The keys, each once.</summary>
    public DatabaseKey[] Keys { get; }

    /// <summary>Its places in the keys' queues, where it matters who came first; null where it does not.</summary>
    public LinkedListNode<KeyClaim>[]? Nodes { get; }

    /// <summary>The move since which it is on the master.</summary>
    public long Move { get; set; }

    /// <summary>Its session has gone, or has got what it wanted.</summary>
    public bool IsOver { get; set; }

    /// <summary>Runs once, when it is its turn.</summary>
    public Action? OnTurn { get; set; }
}
