namespace Baton.Client;

/// <summary>An entry that a consumer of a group has to acknowledge.</summary>
public sealed class GroupEntry
{
    private readonly RedisCommands _commands;
    private readonly RedisKey _key;
    private readonly string _group;

    internal GroupEntry(RedisCommands commands, RedisKey key, string group, StreamEntry entry) =>
        (_commands, _key, _group, Entry) = (commands, key, group, entry);

    /// <summary>The entry.</summary>
    public StreamEntry Entry { get; }

    /// <summary>Its id.</summary>
    public string Id => Entry.Id;

    /// <summary>The value of the first field of this name as text; null when there is none.</summary>
    public string? this[string field] => Entry[field];

    /// <summary>XACK: it is done. False when somebody else did it, or has taken it over.</summary>
    public ValueTask<bool> AckAsync(CancellationToken cancellationToken = default) =>
        _commands.XAckAsync(_key, _group, Id, cancellationToken);
}
