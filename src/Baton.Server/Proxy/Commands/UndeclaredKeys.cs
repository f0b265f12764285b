using Baton.Protocol.Cluster;
using Baton.Protocol.Commands;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// Over several shards: commands that use keys they do not name. Sent on when those are seen to be of the same shard, refused by name otherwise; never run in
/// the wrong place without a word where that can be seen (<see cref="ScriptKeys"/>).
/// </summary>
internal static class UndeclaredKeys
{
    private const string CrossSlot = "CROSSSLOT Keys in request don't hash to the same slot";

    /// <summary>The error that forbids a command; null: it may be sent to the shard of <paramref name="slot"/>, -1 for any.</summary>
    /// <param name="session">Whose database it is.</param>
    /// <param name="command">The command.</param>
    /// <param name="slot">In: the slot of the keys it names, -1 without; out: also of those that were seen.</param>
    public static string? WhyNot(ClientSession session, CommandFrame command, ref int slot) => command.Entry.Info.Name switch
    {
        _ when session.Database.HasOneShard => null,
        "SORT" or "SORT_RO" => OfSort(command, slot),
        "EVAL" or "EVAL_RO" when command.Count > 2 => OfScript(command, ScriptKeys.Of(session.Database.AllLoops.Scripts, command[1]), ref slot),
        "EVALSHA" or "EVALSHA_RO" when command.Count > 2 => session.Database.AllLoops.Scripts.TryFind(command[1], out _, out byte[] body)
            ? OfScript(command, ScriptKeys.Of(body), ref slot)
            : slot < 0 && command.FindKeys([]) == 0 ? "NOSCRIPT No matching script. Please use EVAL." : null,
        "FCALL" or "FCALL_RO" when slot < 0 && command.FindKeys([]) == 0 =>
            Refuse(command, "which keys the function uses cannot be seen; give it one of its keys"),
        _ => null,
    };

    private static string? OfScript(CommandFrame command, ScriptKeys script, ref int slot)
    {
        if (command.FindKeys([]) < 0)
        {
            return null; // malformed: the engine says how
        }

        if (script.WholeDatabase is { } whole)
        {
            return Refuse(command, $"it calls {whole}, which concerns all shards, and a script runs on one; send {whole} by itself");
        }

        if (slot < 0 && script.HasUnseen)
        {
            return Refuse(command, "it names no KEYS and uses keys that cannot be seen, so that nobody knows its shard; pass them as KEYS");
        }

        foreach (byte[] key in script.Written)
        {
            int written = HashSlot.Of(key);
            if (slot >= 0 && written != slot)
            {
                return CrossSlot;
            }

            slot = written;
        }

        return null;
    }

    private static string Refuse(CommandFrame command, string reason) =>
        $"ERR {command.Entry.Info.Name} is not available here over several shards: {reason}";

    /// <summary><c>BY</c> and <c>GET</c> patterns name keys by what is in the list: only a hash tag before the first <c>*</c> says which slot.</summary>
    private static string? OfSort(CommandFrame command, int slot)
    {
        for (int i = 2; i < command.Count; i++)
        {
            bool by = command.Is(i, "BY"u8);
            if (command.Is(i, "LIMIT"u8))
            {
                i += 2;
            }
            else if ((by || command.Is(i, "GET"u8)) && i + 1 < command.Count)
            {
                if (!StaysIn(slot, command[++i]))
                {
                    return $"ERR {(by ? "BY" : "GET")} option of SORT denied in cluster mode when keys formed by the pattern may be in different slots.";
                }
            }
            else if (command.Is(i, "STORE"u8))
            {
                i++;
            }
        }

        return null;
    }

    private static bool StaysIn(int slot, ReadOnlySpan<byte> pattern)
    {
        int star = pattern.IndexOf((byte)'*');
        if (star < 0)
        {
            return true; // "#", or no key is ever made of it
        }

        int open = pattern[..star].IndexOf((byte)'{');
        int length = open < 0 ? -1 : pattern[(open + 1)..star].IndexOf((byte)'}');
        return length > 0 && HashSlot.Of(pattern.Slice(open + 1, length)) == slot;
    }
}
