namespace Baton.Client;

/// <summary>The commands that bring a connection, greeted with an older state of the session, to the state of now.</summary>
internal static class SessionCatchUp
{
    /// <summary>What to send before anybody's commands.</summary>
    public static List<UnansweredCommand> Commands(SessionState told, SessionState now)
    {
        var commands = new List<UnansweredCommand>();
        if (told.Database != now.Database)
        {
            commands.Add(Make("SELECT", now.Database.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        if (told.ClientName != now.ClientName)
        {
            commands.Add(Make("CLIENT", "SETNAME", now.ClientName ?? ""));
        }

        commands.AddRange(now.Replay.Except(told.Replay).Select(static frame => new UnansweredCommand(Rent(), frame)));
        return commands;
    }

    private static UnansweredCommand Make(params ReadOnlySpan<string> arguments)
    {
        var writer = CommandWriter.Begin();
        foreach (var argument in arguments)
        {
            writer.AddText(argument);
        }

        var frame = writer.Finish().ToArray();
        writer.Return();
        return new UnansweredCommand(Rent(), frame);
    }

    private static PendingReply<RedisReply> Rent()
    {
        var command = PendingReply<RedisReply>.Rent(ReplyReaders.RawOrError, CommandTraits.Session, null);
        command.OwnLimitMs = long.MaxValue;
        return command;
    }
}
