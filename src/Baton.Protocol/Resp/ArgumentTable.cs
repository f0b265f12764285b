namespace Baton.Protocol.Resp;

/// <summary>
/// Where the arguments of one command lie. Reused from command to command; grows with what has arrived (never with what a header
/// promised) and gives a huge command's memory back at the next one. Not thread-safe.
/// </summary>
internal sealed class ArgumentTable
{
    /// <summary>Arguments a new table has room for: most commands have fewer.</summary>
    private const int InitialArguments = 16;

    /// <summary>A table for more arguments than this (64 KiB) is not kept.</summary>
    private const int KeptArguments = 8192;

    private ArgumentPlace[] _entries = new ArgumentPlace[InitialArguments];

    /// <summary>Arguments in the table; set it after filling <see cref="Places"/>.</summary>
    public int Count { get; set; }

    /// <summary>Arguments the table has room for.</summary>
    public int Capacity => _entries.Length;

    /// <summary>One argument's place.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such argument.</exception>
    public ArgumentPlace this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _entries[index];
        }
    }

    /// <summary>The first places, at most <c>InitialArguments</c>, to be filled without asking for room each time.</summary>
    public Span<ArgumentPlace> Places(int count) => _entries.AsSpan(0, count);

    /// <summary>Appends an argument.</summary>
    public void Add(int offset, int length)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
        }

        _entries[Count++] = new ArgumentPlace(offset, length);
    }

    /// <summary>Empties the table, and shrinks it when the last command was a huge one.</summary>
    public void Clear()
    {
        if (Capacity > KeptArguments)
        {
            _entries = new ArgumentPlace[InitialArguments];
        }

        Count = 0;
    }
}
