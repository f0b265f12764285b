namespace Baton.TestKit.FakeEngine;

/// <summary>The data of a <see cref="FakeEngine"/>; copied to the target when a test moves a shard.</summary>
public sealed class FakeStore
{
    /// <summary>Strings and lists by (database number, key).</summary>
    public Dictionary<(int Database, string Key), object> Keys { get; } = [];

    /// <summary>Bumped on each change of a key, for WATCH.</summary>
    public Dictionary<(int Database, string Key), long> Versions { get; } = [];

    /// <summary>Every write executed, in order, as <c>NAME arg arg</c>: what the exactly-once checks read.</summary>
    public List<string> Log { get; } = [];

    /// <summary>A copy for the target of a move: the data and the history, not the connections' state.</summary>
    public FakeStore Copy()
    {
        FakeStore copy = new();
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Takes over the data and the history of another.</summary>
    public void CopyFrom(FakeStore other)
    {
        foreach (((int, string) key, object value) in other.Keys)
        {
            Keys[key] = value is LinkedList<string> list ? new LinkedList<string>(list) : value;
        }

        Log.AddRange(other.Log);
    }

    /// <summary>A key has changed.</summary>
    public void Touch(int database, string key) => Versions[(database, key)] = VersionOf(database, key) + 1;

    /// <summary>How often a key has changed.</summary>
    public long VersionOf(int database, string key) => Versions.GetValueOrDefault((database, key));
}
