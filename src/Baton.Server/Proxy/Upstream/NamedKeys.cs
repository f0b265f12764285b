using Baton.Protocol.Commands;
using Baton.Server.Engines;
using Baton.Server.Proxy.Commands;

namespace Baton.Server.Proxy.Upstream;

/// <summary>The keys that commands may write, as far as the commands name them. Belongs to its loop's thread.</summary>
internal sealed class NamedKeys
{
    /// <summary>Each as often as it was named.</summary>
    public List<DatabaseKey> Keys { get; } = [];

    /// <summary>The command that may write whichever key: FLUSHALL, SWAPDB, a script that names no keys; or null.</summary>
    public string? UnknownBy { get; private set; }

    /// <summary>Those of one command.</summary>
    public static NamedKeys Of(int database, CommandFrame command)
    {
        NamedKeys written = new();
        written.Add(database, command);
        return written;
    }

    /// <summary>Those of one more.</summary>
    public void Add(int database, CommandFrame command)
    {
        CommandEntry entry = command.Entry;
        if (!entry.IsWrite && !IsScript(entry))
        {
            return;
        }

        Span<int> indexes = stackalloc int[64];
        int count = command.FindKeys(indexes);
        if (count > indexes.Length)
        {
            indexes = new int[count];
            count = command.FindKeys(indexes);
        }

        if (count == 0 && TouchesUnknownKeys(entry))
        {
            UnknownBy ??= entry.Info.Name;
            return;
        }

        for (int i = 0; i < count; i++)
        {
            Keys.Add(new DatabaseKey(database, command[indexes[i]].ToArray()));
        }

        AddMoveTarget(command);
    }

    private static bool IsScript(CommandEntry entry) =>
        entry.Info.Is(CommandFlags.Script) && !entry.Info.Name.EndsWith("_RO", StringComparison.Ordinal);

    /// <summary>
    /// Writes without a key argument: FLUSHALL, SWAPDB, a script that names no keys, a module's command without a key rule.
    /// </summary>
    private static bool TouchesUnknownKeys(CommandEntry entry) => entry.Info.Name switch
    {
        "PUBLISH" or "SPUBLISH" or "SCRIPT|LOAD" or "SCRIPT|FLUSH" => false,
        _ => true,
    };

    /// <summary>MOVE and COPY ... DB write into another database number as well.</summary>
    private void AddMoveTarget(CommandFrame command)
    {
        if (command.Entry.Info.Name == "MOVE" && command.Count == 3 && command.TryInteger(2, out long moved))
        {
            Keys.Add(new DatabaseKey((int)moved, command[1].ToArray()));
        }
        else if (command.Entry.Info.Name == "COPY")
        {
            for (int i = 3; i + 1 < command.Count; i++)
            {
                if (command.Is(i, "DB"u8) && command.TryInteger(i + 1, out long target))
                {
                    Keys.Add(new DatabaseKey((int)target, command[2].ToArray()));
                }
            }
        }
    }
}
