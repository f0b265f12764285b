using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>EVAL and SCRIPT: the bodies are remembered, so that a shard's new master can be given them before it serves.</summary>
internal static class ScriptCommands
{
    public static CommandOutcome Eval(ClientSession session, CommandFrame command)
    {
        if (command.Count > 1)
        {
            session.Database.Share.Scripts.Remember(command[1]);
        }

        return session.Forward(command);
    }

    public static CommandOutcome Load(ClientSession session, CommandFrame command)
    {
        if (command.Count > 2)
        {
            session.Database.Share.Scripts.Remember(command[2]);
        }

        return FanOutCommands.Same(session, command);
    }

    public static CommandOutcome Flush(ClientSession session, CommandFrame command)
    {
        session.Database.Share.Scripts.Clear();
        return FanOutCommands.Ok(session, command);
    }
}
