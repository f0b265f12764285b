using System.Buffers.Binary;
using System.Numerics;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// The short way from a name as clients usually spell it (all upper case or all lower case, at most eight letters, no subcommands) to
/// its entry:
/// one multiplication, one comparison. Any other spelling is not found here and takes the long way. Immutable and thread-safe.
/// </summary>
internal sealed class ShortNames
{
    private const int Longest = 8;

    private readonly Slot[] _slots;
    private readonly int _shift;

    public ShortNames(IReadOnlyCollection<CommandEntry> entries)
    {
        var containers = entries.Select(static entry => entry.Info.Name.Split('|')).Where(static parts => parts.Length > 1).Select(static parts => parts[0]);
        var alone = entries.Where(static entry => entry.Info.Name.Length <= Longest && !entry.Info.Name.Contains('|', StringComparison.Ordinal))
            .ExceptBy(containers, static entry => entry.Info.Name, StringComparer.OrdinalIgnoreCase).ToArray();
        int bits = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)(alone.Length * 8)));
        (_slots, _shift) = (new Slot[1 << bits], 64 - bits);
        foreach (CommandEntry entry in alone)
        {
            Add(System.Text.Encoding.ASCII.GetBytes(entry.Info.Name.ToUpperInvariant()), entry);
            Add(System.Text.Encoding.ASCII.GetBytes(entry.LowerName), entry);
        }
    }

    /// <summary>The entry of a name, or null: then it may still be known.</summary>
    public CommandEntry? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > Longest)
        {
            return null;
        }

        ulong key = Pack(name);
        for (int at = Home(key, name.Length); _slots[at].Entry is { } entry; at = (at + 1) & (_slots.Length - 1))
        {
            if (_slots[at].Key == key && _slots[at].Length == name.Length)
            {
                return entry;
            }
        }

        return null;
    }

    private void Add(ReadOnlySpan<byte> name, CommandEntry entry)
    {
        ulong key = Pack(name);
        int at = Home(key, name.Length);
        while (_slots[at].Entry is not null)
        {
            at = (at + 1) & (_slots.Length - 1);
        }

        _slots[at] = new Slot { Key = key, Length = name.Length, Entry = entry };
    }

    // Together with the length the two ends hold every byte: they overlap or touch.
    private static ulong Pack(ReadOnlySpan<byte> name) => name.Length >= 4
        ? BinaryPrimitives.ReadUInt32LittleEndian(name) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(name[^4..]) << 32)
        : (uint)(name[0] | (name[name.Length >> 1] << 8) | (name[^1] << 16));

    private int Home(ulong key, int length) => (int)(((key + (uint)length) * 0x9E3779B97F4A7C15) >> _shift);

    private struct Slot
    {
        public ulong Key;
        public int Length;
        public CommandEntry? Entry;
    }
}
