namespace Baton.Client;

/// <summary>How much of a stream to keep. Immutable.</summary>
public readonly record struct StreamTrim
{
    private readonly RedisValue _threshold;
    private readonly Kind _kind;

    private StreamTrim(Kind kind, RedisValue threshold) => (_kind, _threshold) = (kind, threshold);

    private enum Kind : byte
    {
        None,
        MaxLength,
        MinId,
    }

    /// <summary>Whether a little more may be kept, which costs the server much less (<c>~</c>). Default: no.</summary>
    public bool Approximately { get; init; }

    /// <summary>With <see cref="Approximately"/>: removes at most so many (LIMIT). Null for the server's default.</summary>
    public long? Limit { get; init; }

    /// <summary>The newest so many entries (MAXLEN).</summary>
    public static StreamTrim MaxLength(long count) => new(Kind.MaxLength, count);

    /// <summary>Entries from this id on (MINID).</summary>
    public static StreamTrim MinId(string id) => new(Kind.MinId, id);

    /// <summary><c>MAXLEN | MINID [~] threshold [LIMIT count]</c></summary>
    internal void WriteTo(ref CommandWriter command)
    {
        if (_kind == Kind.None)
        {
            return;
        }

        command.AddBytes(_kind == Kind.MaxLength ? "MAXLEN"u8 : "MINID"u8);
        command.AddIf(Approximately, "~"u8);
        command.Add(_threshold);
        command.AddIf("LIMIT"u8, Limit);
    }
}
