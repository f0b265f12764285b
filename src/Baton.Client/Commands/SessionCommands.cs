using System.Text;

namespace Baton.Client;

/// <summary>
/// Commands that change the connection they travel on. The connection is shared and is replaced, so each is either remembered for the next
/// connection or refused by name with the way to do it.
/// </summary>
internal static class SessionCommands
{
    /// <summary>How a successful command changes the session.</summary>
    /// <exception cref="InvalidOperationException">The command cannot be sent on a shared connection; the text says what to use.</exception>
    public static Func<SessionState, SessionState> ChangeOf(ref CommandWriter command)
    {
        var name = Word(command.Argument(0));
        var second = command.Count > 1 ? command.Argument(1) : default;
        if (name == "SELECT" && int.TryParse(Encoding.UTF8.GetString(second), out var database))
        {
            return session => session with { Database = database };
        }

        if (name == "CLIENT" && Word(second) == "SETNAME" && command.Count > 2)
        {
            var clientName = Encoding.UTF8.GetString(command.Argument(2));
            return session => session with { ClientName = clientName.Length == 0 ? null : clientName };
        }

        if (name == "CLIENT" && Word(second) is "NO-EVICT" or "NO-TOUCH")
        {
            // The last word on each is what the next connection is told.
            var (frame, kind) = (command.Finish().ToArray(), Word(second));
            return session => session with { Replay = [.. session.Replay.Where(other => !Word(other).Contains(kind, StringComparison.Ordinal)), frame] };
        }

        throw Refusal(name, name == "CLIENT" ? Word(second) : "");
    }

    /// <summary>Why a command of the other kinds that need a connection of their own cannot be sent as text.</summary>
    public static InvalidOperationException Refusal(ref CommandWriter command) => Refusal(Word(command.Argument(0)), "");

    private static InvalidOperationException Refusal(string name, string subcommand)
    {
        var use = (name, subcommand) switch
        {
            ("SELECT", _) => "give it a database number",
            ("MULTI" or "EXEC" or "DISCARD", _) => "use CreateTransaction",
            ("WATCH" or "UNWATCH", _) => "use WatchAsync",
            ("SUBSCRIBE" or "PSUBSCRIBE" or "SSUBSCRIBE" or "UNSUBSCRIBE" or "PUNSUBSCRIBE" or "SUNSUBSCRIBE", _) => "use SubscribeAsync",
            ("MONITOR", _) => "use redis-cli",
            ("AUTH" or "HELLO", _) => "set User, Password and Protocol in the options",
            ("SYNC" or "PSYNC", _) => "it would become a replica's",
            ("QUIT", _) => "dispose the client",
            ("CLIENT", "TRACKING" or "CACHING") => "use the client's cache",
            ("CLIENT", "MAINT_NOTIFICATIONS") => "set Maintenance.Mode in the options",
            _ => "it has no meaning here",
        };
        return new InvalidOperationException(
            $"{name}{(subcommand.Length > 0 ? " " + subcommand : "")} cannot be sent on a shared connection: {use}.");
    }

    private static string Word(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes).ToUpperInvariant();
}
