using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Protocol.Commands;

/// <summary>
/// Finds the keys of a command, movable ones included (EVAL, ZUNIONSTORE, XREAD, SORT ... STORE, GEORADIUS ... STORE, MIGRATE ...
/// KEYS).
/// </summary>
/// <remarks>
/// Static and pure; allocates nothing. Agrees with <c>COMMAND GETKEYS</c>, except that the channels of sharded publish/subscribe
/// count as keys:
/// they have a slot and are routed by it.
/// </remarks>
public static class KeyFinder
{
    private const int GeoRadiusOptions = 6;
    private const int GeoRadiusByMemberOptions = 5;
    private const int MigrateKey = 3;
    private const int MigrateOptions = 6;

    /// <summary>
    /// Writes the argument indexes of the keys to <paramref name="indexes"/> (as many as fit) and returns how many there are,
    /// or -1 when the arguments are malformed (the engine will answer with its own error).
    /// </summary>
    /// <remarks>A destination comes where it stands among the arguments: first for ZUNIONSTORE, last for SORT.</remarks>
    public static int Find(CommandInfo command, RequestScanner request, ReadOnlySpan<byte> data, Span<int> indexes)
    {
        if (!command.AcceptsArgumentCount(request.ArgumentCount))
        {
            return -1;
        }

        return command.KeyRule switch
        {
            KeyRule.Fixed => Fixed(command, request.ArgumentCount, indexes),
            KeyRule.CountFirst => Counted(request, data, 1, leastKeys: 1, step: 1, indexes),
            KeyRule.CountSecond => Counted(request, data, 2, leastKeys: 1, step: 1, indexes),
            KeyRule.Script => Counted(request, data, 2, leastKeys: 0, step: 1, indexes),
            KeyRule.CountedPairs => Counted(request, data, 1, leastKeys: 1, step: 2, indexes),
            KeyRule.DestinationAndCount => DestinationAndCount(request, data, indexes),
            KeyRule.Streams => Streams(request, data, indexes),
            KeyRule.Sort => KeyAndDestination(1, SortDestination(request, data), indexes),
            KeyRule.GeoRadius => KeyAndDestination(1, GeoDestination(request, data, GeoRadiusOptions), indexes),
            KeyRule.GeoRadiusByMember => KeyAndDestination(1, GeoDestination(request, data, GeoRadiusByMemberOptions), indexes),
            _ => Migrate(request, data, indexes),
        };
    }

    private static int Fixed(CommandInfo command, int arguments, Span<int> indexes)
    {
        if (command.FirstKey == 0)
        {
            return 0;
        }

        var last = command.LastKey < 0 ? arguments + command.LastKey : command.LastKey;
        return last < arguments ? Run(command.FirstKey, last, Math.Max(1, command.KeyStep), indexes, already: 0) : -1;
    }

    /// <summary><c>... numkeys key [key ...]</c></summary>
    private static int Counted(
        RequestScanner request, ReadOnlySpan<byte> data, int countAt, int leastKeys, int step, Span<int> indexes, int already = 0)
    {
        if (request.ArgumentCount <= countAt || !DecimalText.TryParse(request.Argument(data, countAt), out var count) || count < leastKeys
            || count > (request.ArgumentCount - countAt - 1) / step)
        {
            return -1;
        }

        var first = countAt + 1;
        return count == 0 ? already : Run(first, first + (((int)count - 1) * step), step, indexes, already);
    }

    /// <summary><c>destination numkeys key [key ...]</c></summary>
    private static int DestinationAndCount(RequestScanner request, ReadOnlySpan<byte> data, Span<int> indexes)
    {
        Put(indexes, 0, 1);
        return Counted(request, data, 2, leastKeys: 1, step: 1, indexes, already: 1);
    }

    /// <summary><c>... STREAMS key [key ...] id [id ...]</c></summary>
    private static int Streams(RequestScanner request, ReadOnlySpan<byte> data, Span<int> indexes)
    {
        var options = StreamOptions.Read(request, data);
        var following = request.ArgumentCount - options.KeysAt;
        return options.KeysAt == 0 || !options.IsKnown || following == 0 || following % 2 != 0
            ? -1
            : Run(options.KeysAt, options.KeysAt + (following / 2) - 1, 1, indexes, already: 0);
    }

    /// <summary>
    /// <c>key [BY pattern] [LIMIT offset count] [GET pattern ...] [ASC|DESC] [ALPHA] [STORE destination]</c>; the last STORE counts.
    /// </summary>
    private static int SortDestination(RequestScanner request, ReadOnlySpan<byte> data)
    {
        var destination = 0;
        for (var index = 2; index < request.ArgumentCount; index++)
        {
            var option = request.Argument(data, index);
            if (Is(option, "LIMIT"u8))
            {
                index += 2;
            }
            else if (Is(option, "GET"u8) || Is(option, "BY"u8))
            {
                index++;
            }
            else if (Is(option, "STORE"u8) && index + 1 < request.ArgumentCount)
            {
                destination = ++index;
            }
        }

        return destination;
    }

    /// <summary><c>... [COUNT n [ANY]] [STORE destination | STOREDIST destination]</c>; the last one counts.</summary>
    private static int GeoDestination(RequestScanner request, ReadOnlySpan<byte> data, int firstOption)
    {
        var destination = 0;
        for (var index = firstOption; index + 1 < request.ArgumentCount; index++)
        {
            var option = request.Argument(data, index);
            if (Is(option, "STORE"u8) || Is(option, "STOREDIST"u8))
            {
                destination = ++index;
            }
        }

        return destination;
    }

    /// <summary><c>host port key|"" db timeout [COPY] [REPLACE] [AUTH password | AUTH2 name password] [KEYS key ...]</c></summary>
    private static int Migrate(RequestScanner request, ReadOnlySpan<byte> data, Span<int> indexes)
    {
        for (var index = MigrateOptions; index < request.ArgumentCount; index++)
        {
            var option = request.Argument(data, index);
            if (Is(option, "AUTH"u8))
            {
                index++;
            }
            else if (Is(option, "AUTH2"u8))
            {
                index += 2;
            }
            else if (Is(option, "KEYS"u8))
            {
                var mixed = !request.Argument(data, MigrateKey).IsEmpty;
                return mixed || index + 1 == request.ArgumentCount ? -1 : Run(index + 1, request.ArgumentCount - 1, 1, indexes, already: 0);
            }
        }

        return KeyAndDestination(MigrateKey, 0, indexes);
    }

    private static int KeyAndDestination(int key, int destination, Span<int> indexes)
    {
        Put(indexes, 0, key);
        if (destination == 0)
        {
            return 1;
        }

        Put(indexes, 1, destination);
        return 2;
    }

    private static int Run(int first, int last, int step, Span<int> indexes, int already)
    {
        for (var index = first; index <= last; index += step)
        {
            Put(indexes, already++, index);
        }

        return already;
    }

    private static void Put(Span<int> indexes, int at, int value)
    {
        if (at < indexes.Length)
        {
            indexes[at] = value;
        }
    }

    private static bool Is(ReadOnlySpan<byte> argument, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(argument, word);
}
