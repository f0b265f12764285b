using Baton.Protocol.Resp;

namespace Baton.Protocol.Commands;

/// <summary>
/// Reads the reply of <c>COMMAND</c>: an array of <c>[name, arity, flags, first key, last key, step, categories, tips, key rules,
/// subcommands]</c>,
/// of which engines before Redis 7 send the first six or seven.
/// </summary>
internal static class CommandReplyParser
{
    private const int FieldsNeeded = 6;
    private const int SubcommandsField = 9;

    /// <summary>All rows, containers and subcommands.</summary>
    /// <exception cref="RespFormatException">The reply is not that of <c>COMMAND</c>.</exception>
    public static List<CommandInfo> Parse(ReadOnlySpan<byte> reply)
    {
        var reader = new RespReader(reply);
        var rows = new List<CommandInfo>();
        ReadRows(ref reader, rows, depth: 0);
        return rows;
    }

    /// <summary>How many rows there were.</summary>
    private static int ReadRows(ref RespReader reader, List<CommandInfo> rows, int depth)
    {
        var count = ReadAggregate(ref reader);
        for (var index = 0; index < count; index++)
        {
            ReadRow(ref reader, rows, depth);
        }

        return count;
    }

    private static void ReadRow(ref RespReader reader, List<CommandInfo> rows, int depth)
    {
        var fields = ReadAggregate(ref reader);
        if (fields < FieldsNeeded)
        {
            // COMMAND INFO answers null for a command it does not know.
            return;
        }

        var name = ReadText(ref reader).ToUpperInvariant();
        var arity = ReadNumber(ref reader);
        var flags = ReadFlags(ref reader);
        var told = new CommandInfo(name, arity, flags, ReadNumber(ref reader), ReadNumber(ref reader), ReadNumber(ref reader));
        rows.Add(Known(name) is { } known ? Merge(told, known) : told);

        var subcommands = 0;
        for (var field = FieldsNeeded; field < fields; field++)
        {
            if (field == SubcommandsField && depth == 0)
            {
                subcommands = ReadRows(ref reader, rows, depth + 1);
            }
            else
            {
                Next(ref reader);
                reader.SkipChildren();
            }
        }

        if (subcommands == 0 && depth == 0)
        {
            rows.AddRange(CommandTable.Redis.All.Where(row => row.Name.StartsWith(name + "|", StringComparison.Ordinal)));
        }
    }

    private static CommandInfo Merge(CommandInfo told, CommandInfo known) =>
        GarnetCommands.Rows.Contains(known) ? known : known with { Arity = told.Arity };

    private static CommandInfo? Known(string name) => CommandTable.Redis.All.FirstOrDefault(row => row.Name == name);

    private static CommandFlags ReadFlags(ref RespReader reader)
    {
        var flags = CommandFlags.None;
        for (var left = ReadAggregate(ref reader); left > 0; left--)
        {
            flags |= ReadText(ref reader) switch
            {
                "write" => CommandFlags.Write,
                "readonly" => CommandFlags.ReadOnly,
                "denyoom" => CommandFlags.DenyOom,
                "admin" => CommandFlags.Admin,
                "pubsub" => CommandFlags.PubSub,
                "noscript" => CommandFlags.NoScript,
                "blocking" => CommandFlags.Blocking,
                "no_auth" => CommandFlags.NoAuth,
                "no_multi" => CommandFlags.NoMulti,
                "movablekeys" => CommandFlags.MovableKeys,
                _ => CommandFlags.None,
            };
        }

        return flags;
    }

    private static int ReadAggregate(ref RespReader reader)
    {
        Next(ref reader);
        return reader.Kind is (byte)'*' or (byte)'~' || reader.IsNull
            ? Math.Max(0, reader.Count)
            : throw new RespFormatException($"The reply of COMMAND has a '{(char)reader.Kind}' where an array belongs.");
    }

    private static string ReadText(ref RespReader reader)
    {
        Next(ref reader);
        return reader.Kind is (byte)'+' or (byte)'$' && !reader.IsNull
            ? reader.GetString()
            : throw new RespFormatException($"The reply of COMMAND has a '{(char)reader.Kind}' where a name belongs.");
    }

    private static int ReadNumber(ref RespReader reader)
    {
        Next(ref reader);
        return reader.TryGetInt64(out var number) && number == (int)number
            ? (int)number
            : throw new RespFormatException($"The reply of COMMAND has a '{(char)reader.Kind}' where a number belongs.");
    }

    private static void Next(ref RespReader reader)
    {
        if (!reader.Read())
        {
            throw new RespFormatException("The reply of COMMAND ends too early.");
        }
    }
}
