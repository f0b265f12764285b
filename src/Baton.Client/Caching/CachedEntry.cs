namespace Baton.Client;

/// <summary>A reply that is kept, or a place for one that is awaited. Guarded by its cache.</summary>
internal sealed class CachedEntry
{
    public CachedEntry(byte[] command, byte[][] keys)
    {
        (Command, Keys) = (command, keys);
        Use = new LinkedListNode<CachedEntry>(this);
    }

    /// <summary>The whole command.</summary>
    public byte[] Command { get; }

    /// <summary>The keys it reads.</summary>
    public byte[][] Keys { get; }

    /// <summary>Its place in the order of use, while it has a reply.</summary>
    public LinkedListNode<CachedEntry> Use { get; }

    /// <summary>The whole reply; null while it is awaited.</summary>
    public byte[]? Reply { get; set; }

    /// <summary>What it counts for.</summary>
    public int Size { get; set; }

    /// <summary>True when a key has changed, or it had to go: its reply must not be kept, or served.</summary>
    public bool IsDropped { get; set; }
}
