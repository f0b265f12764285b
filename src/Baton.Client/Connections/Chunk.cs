using System.Collections.Concurrent;

namespace Baton.Client;

/// <summary>
/// A piece of memory that commands are appended to and sent from. It stays until the last command in it is answered, so that what was not
/// answered can be sent again without having been copied.
/// </summary>
internal sealed class Chunk
{
    /// <summary>Enough for some hundred small commands, which is what one turn gathers.</summary>
    public const int Size = 64 * 1024;
    private const int MostKept = 16;

    private static readonly ConcurrentBag<Chunk> Free = [];

    /// <summary>One for the outbox that appends to it, one for each batch in it.</summary>
    private int _users;

    private Chunk(int size) => Bytes = GC.AllocateUninitializedArray<byte>(size);

    /// <summary>The memory.</summary>
    public byte[] Bytes { get; }

    /// <summary>Where the next command goes.</summary>
    public int Written { get; set; }

    /// <summary>One for commands of this length in all, with the outbox as its first user.</summary>
    public static Chunk Rent(int length)
    {
        var chunk = length <= Size && Free.TryTake(out var free) ? free : new Chunk(Math.Max(Size, length));
        chunk.Written = 0;
        chunk._users = 1;
        return chunk;
    }

    /// <summary>True when only the outbox uses it: everything in it is answered, and it can be filled from the start.</summary>
    public bool IsAllAnswered => Volatile.Read(ref _users) == 1;

    /// <summary>A batch lies in it.</summary>
    public void AddUser() => Interlocked.Increment(ref _users);

    /// <summary>A user is done with it.</summary>
    public void RemoveUser()
    {
        if (Interlocked.Decrement(ref _users) == 0 && Bytes.Length == Size && Free.Count < MostKept)
        {
            Free.Add(this);
        }
    }
}
