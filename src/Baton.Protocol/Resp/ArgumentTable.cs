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

    /// <summary>Offset and length by turns.</summary>
    private int[] _entries = new int[InitialArguments * 2];

    /// <summary>Arguments in the table.</summary>
    public int Count { get; private set; }

    /// <summary>Arguments the table has room for.</summary>
    public int Capacity => _entries.Length / 2;

    /// <summary>One argument's place.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such argument.</exception>
    public (int Offset, int Length) this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return (_entries[index * 2], _entries[(index * 2) + 1]);
        }
    }

    /// <summary>Appends an argument.</summary>
    public void Add(int offset, int length)
    {
        var next = Count * 2;
        if (next + 1 >= _entries.Length)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
        }

        _entries[next] = offset;
        _entries[next + 1] = length;
        Count++;
    }

    /// <summary>Empties the table, and shrinks it when the last command was a huge one.</summary>
    public void Clear()
    {
        if (Capacity > KeptArguments)
        {
            _entries = new int[InitialArguments * 2];
        }

        Count = 0;
    }
}
