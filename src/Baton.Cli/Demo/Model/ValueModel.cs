namespace Baton.Cli.Demo.Model;

/// <summary>
/// What the keys that one connection alone writes must hold: after an acknowledged write of version n a read gives n. A write without an
/// answer leaves the key at either version until the next read or acknowledged write decides. Not thread-safe.
/// </summary>
/// <param name="name">The connection's key prefix, for keys and texts.</param>
/// <param name="count">How many keys.</param>
/// <param name="log">Where findings go.</param>
internal sealed class ValueModel(string name, int count, FindingLog log)
{
    private readonly long[] _acked = new long[count];
    private readonly HashSet<long>?[] _unknown = new HashSet<long>?[count];
    private long _version;

    /// <summary>How many keys.</summary>
    public int Count => count;

    /// <summary>The key's name; no hash tag, so that keys spread over all shards.</summary>
    public string Key(int index) => $"{name}:{index}";

    /// <summary>The version to write next; greater than all before, over all keys.</summary>
    public long NextVersion() => ++_version;

    /// <summary>The text that is written: it names its key, so that a swapped reply shows.</summary>
    public string Value(int index, long version) => $"{name}:{index}={version}";

    /// <summary>A write was acknowledged.</summary>
    public void Written(int index, long version)
    {
        _acked[index] = version;
        _unknown[index] = null;
    }

    /// <summary>A write ended without an answer.</summary>
    public void Unknown(int index, long version) => (_unknown[index] ??= []).Add(version);

    /// <summary>A read answered; null when the key is not there.</summary>
    public void Read(int index, string? value)
    {
        if (value is null)
        {
            log.Report(FindingKind.Lost, _acked[index] == 0 ? 0 : 1, $"{Key(index)}: not there, version {_acked[index]} was acknowledged");
            return;
        }

        var prefix = $"{Key(index)}=";
        if (!value.StartsWith(prefix, StringComparison.Ordinal) || !long.TryParse(value.AsSpan(prefix.Length), out var version))
        {
            log.Report(FindingKind.OutOfOrder, 1, $"{Key(index)}: answered '{value}', which belongs to another key or command");
        }
        else if (version == _acked[index])
        {
            return;
        }
        else if (_unknown[index]?.Contains(version) == true)
        {
            Written(index, version);
        }
        else if (version < _acked[index])
        {
            log.Report(FindingKind.Lost, 1, $"{Key(index)}: version {version} read, {_acked[index]} was acknowledged");
        }
        else
        {
            log.Report(FindingKind.Duplicated, 1, $"{Key(index)}: version {version} read, the last written is {_acked[index]}");
        }
    }
}
