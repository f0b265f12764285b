using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Baton.Protocol.Commands;

/// <summary>
/// Upper-case names to rows: open addressing over a hash of the length, the first and the last bytes, at most half full. One probe and one
/// comparison for nearly every command. Immutable and thread-safe.
/// </summary>
internal sealed class CommandIndex
{
    private readonly Entry?[] _entries;
    private readonly int _mask;

    private CommandIndex(IReadOnlyCollection<Entry> entries)
    {
        _entries = new Entry?[BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, entries.Count * 2))];
        _mask = _entries.Length - 1;
        foreach (var entry in entries)
        {
            var slot = Hash(entry.Name) & _mask;
            while (_entries[slot] is not null)
            {
                slot = (slot + 1) & _mask;
            }

            _entries[slot] = entry;
        }
    }

    /// <summary>Builds the index of commands with an index of subcommands below each container.</summary>
    /// <exception cref="ArgumentException">Two rows have the same name, or a name is empty or not ASCII.</exception>
    public static CommandIndex Create(IEnumerable<CommandInfo> commands)
    {
        var names = new Dictionary<string, List<CommandInfo>>(StringComparer.OrdinalIgnoreCase);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var command in commands)
        {
            var container = command.Name.Split('|', 2)[0];
            if (container.Length == 0 || !Ascii.IsValid(command.Name) || !seen.Add(command.Name))
            {
                throw new ArgumentException($"The command name '{command.Name}' is empty, not ASCII, or there twice.", nameof(commands));
            }

            if (!names.TryGetValue(container, out var family))
            {
                names[container] = family = [];
            }

            family.Add(command);
        }

        return new CommandIndex([.. names.Select(family => MakeFamily(family.Key, family.Value))]);
    }

    /// <summary>The row of the subcommand, else the one of the command, else null.</summary>
    public CommandInfo? Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> subcommand)
    {
        var entry = Lookup(name);
        if (entry is null)
        {
            return null;
        }

        return subcommand.IsEmpty || entry.Subcommands is null ? entry.Command : entry.Subcommands.Lookup(subcommand)?.Command ?? entry.Command;
    }

    private static Entry MakeFamily(string container, List<CommandInfo> family)
    {
        var own = family.Find(command => command.Name.Length == container.Length);
        var subcommands = family.Where(command => command != own)
            .Select(command => new Entry(Upper(command.Name[(container.Length + 1)..]), command, null)).ToList();
        return new Entry(Upper(container), own, subcommands.Count > 0 ? new CommandIndex(subcommands) : null);
    }

    private static byte[] Upper(string name) => Encoding.ASCII.GetBytes(name.ToUpperInvariant());

    /// <summary>Clearing bit 5 makes letters upper-case; what it does to other characters does not matter to a hash.</summary>
    private static int Hash(ReadOnlySpan<byte> name)
    {
        const uint Case32 = 0xDFDFDFDF;
        const ulong Case64 = 0xDFDFDFDFDFDFDFDF;
        const ulong Mix = 0x9E3779B97F4A7C15;
        ulong mixed;
        if (name.Length >= 8)
        {
            mixed = ((BinaryPrimitives.ReadUInt64LittleEndian(name) & Case64) * Mix) ^ (BinaryPrimitives.ReadUInt64LittleEndian(name[^8..]) & Case64);
        }
        else if (name.Length >= 4)
        {
            mixed = (BinaryPrimitives.ReadUInt32LittleEndian(name) & Case32) | ((ulong)(BinaryPrimitives.ReadUInt32LittleEndian(name[^4..]) & Case32) << 32);
        }
        else if (name.Length > 0)
        {
            mixed = (uint)((name[0] << 16) | (name[name.Length >> 1] << 8) | name[^1]) & Case32;
        }
        else
        {
            return 0;
        }

        return (int)(((mixed + (uint)name.Length) * Mix) >> 40);
    }

    private Entry? Lookup(ReadOnlySpan<byte> name)
    {
        var slot = Hash(name) & _mask;
        while (_entries[slot] is { } entry)
        {
            if (entry.Name.Length == name.Length && Ascii.EqualsIgnoreCase(entry.Name, name))
            {
                return entry;
            }

            slot = (slot + 1) & _mask;
        }

        return null;
    }

    /// <summary>One name. The command is null for a container that only its subcommands are left of.</summary>
    private sealed record Entry(byte[] Name, CommandInfo? Command, CommandIndex? Subcommands);
}
