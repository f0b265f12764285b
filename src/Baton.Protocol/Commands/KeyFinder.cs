using Baton.Protocol.Resp;

namespace Baton.Protocol.Commands;

/// <summary>Finds the keys of a command, movable ones included (EVAL, ZUNIONSTORE, XREAD, SORT ... STORE, GEORADIUS ... STORE, MIGRATE ... KEYS).</summary>
public static class KeyFinder
{
    /// <summary>
    /// Writes the argument indexes of the keys to <paramref name="indexes"/> (as many as fit) and returns how many there are,
    /// or -1 when the arguments are malformed (the engine will answer with its own error).
    /// </summary>
    public static int Find(CommandInfo command, RequestScanner request, ReadOnlySpan<byte> data, Span<int> indexes) => throw new NotImplementedException();
}
