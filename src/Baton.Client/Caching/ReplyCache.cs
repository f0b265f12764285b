namespace Baton.Client;

/// <summary>
/// Replies by the command that asks for them, dropped when the server tells that one of their keys has changed. Thread-safe.
/// </summary>
/// <remarks>
/// A read that is sent leaves a placeholder under each of its keys. The reply is kept only if its placeholder is still there when it comes: an
/// invalidation that arrives in between takes it away, for the reply may be older than the change. Replies and invalidations come over one
/// connection, in the order the server made them, and both are handed in on its reader. An entry is served until its invalidation is handed in.
/// </remarks>
internal sealed class ReplyCache(int maxEntries, long maxBytes)
{
    /// <summary>A reply may take at most this part of the cache.</summary>
    private const int LargestPart = 4;

    /// <summary>What an entry costs beside its bytes, about.</summary>
    private const int Overhead = 200;

    private readonly Lock _gate = new();
    private readonly Dictionary<byte[], CachedEntry> _entries = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], HashSet<CachedEntry>> _byKey = new(BytesComparer.Instance);
    private readonly LinkedList<CachedEntry> _byUse = [];
    private RedisConnection? _source;
    private long _bytes;
    private long _hits;
    private long _misses;
    private long _evictions;
    private long _invalidations;

    /// <summary>What it has done, and holds.</summary>
    public RedisCacheStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return new RedisCacheStatistics(_hits, _misses, _evictions, _invalidations, _byUse.Count, _bytes);
            }
        }
    }

    /// <summary>The reply kept for a command, or null.</summary>
    public byte[]? Find(ReadOnlySpan<byte> command)
    {
        lock (_gate)
        {
            if (!_entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(command, out var entry))
            {
                return null;
            }

            _byUse.Remove(entry.Use);
            _byUse.AddFirst(entry.Use);
            _hits++;
            return entry.Reply;
        }
    }

    /// <summary>A command is about to be sent; null while no connection tells of changes, when nothing can be kept.</summary>
    public CachedEntry? Expect(ReadOnlySpan<byte> command, byte[][] keys)
    {
        lock (_gate)
        {
            _misses++;
            if (_source is null)
            {
                return null;
            }

            var entry = new CachedEntry(command.ToArray(), keys);
            foreach (var key in keys)
            {
                if (!_byKey.TryGetValue(key, out var entries))
                {
                    _byKey.Add(key, entries = []);
                }

                entries.Add(entry);
            }

            return entry;
        }
    }

    /// <summary>Its reply has come.</summary>
    public void Keep(CachedEntry entry, ReadOnlySpan<byte> reply)
    {
        lock (_gate)
        {
            if (entry.IsDropped)
            {
                return;
            }

            var size = entry.Command.Length + reply.Length + Overhead;
            if (reply[0] is (byte)'-' or (byte)'!' || size > maxBytes / LargestPart || entry.Reply is not null)
            {
                Drop_NeedsLock(entry);
                return;
            }

            if (_entries.TryGetValue(entry.Command, out var other))
            {
                Drop_NeedsLock(other);
            }

            entry.Reply = reply.ToArray();
            entry.Size = size;
            _entries.Add(entry.Command, entry);
            _byUse.AddFirst(entry.Use);
            _bytes += size;
            while (_byUse.Count > maxEntries || _bytes > maxBytes)
            {
                Drop_NeedsLock(_byUse.Last!.Value);
                _evictions++;
            }
        }
    }

    /// <summary>It will have no reply.</summary>
    public void Forget(CachedEntry entry)
    {
        lock (_gate)
        {
            Drop_NeedsLock(entry);
        }
    }

    /// <summary>A key has changed.</summary>
    public void Invalidate(ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            _invalidations++;
            if (_byKey.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var entries))
            {
                foreach (var entry in entries.ToArray())
                {
                    Drop_NeedsLock(entry);
                }
            }
        }
    }

    /// <summary>Everything has changed.</summary>
    public void InvalidateAll()
    {
        lock (_gate)
        {
            _invalidations++;
            Clear_NeedsLock();
        }
    }

    /// <summary>From now on this connection tells of changes (null: none does). What is here nobody looks after any more: it goes.</summary>
    public void Follow(RedisConnection? source)
    {
        lock (_gate)
        {
            _source = source;
            Clear_NeedsLock();
        }
    }

    /// <summary>The connection has ended.</summary>
    public void OnEnded(RedisConnection connection)
    {
        lock (_gate)
        {
            if (_source == connection)
            {
                _source = null;
                Clear_NeedsLock();
            }
        }
    }

    private void Clear_NeedsLock()
    {
        foreach (var entry in _byKey.Values.SelectMany(static entries => entries).ToArray())
        {
            Drop_NeedsLock(entry);
        }
    }

    private void Drop_NeedsLock(CachedEntry entry)
    {
        if (entry.IsDropped)
        {
            return;
        }

        entry.IsDropped = true;
        foreach (var key in entry.Keys)
        {
            if (_byKey.TryGetValue(key, out var entries) && entries.Remove(entry) && entries.Count == 0)
            {
                _byKey.Remove(key);
            }
        }

        if (entry.Reply is not null)
        {
            _entries.Remove(entry.Command);
            _byUse.Remove(entry.Use);
            _bytes -= entry.Size;
        }
    }
}
