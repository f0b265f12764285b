using Baton.Protocol.Commands;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>Carries out a command for a session.</summary>
internal delegate CommandOutcome CommandHandler(ClientSession session, CommandFrame command);

/// <summary>What the proxy does with one command. Immutable.</summary>
internal sealed class CommandEntry
{
    /// <summary>Sends it to the shard of its keys: what most commands need.</summary>
    public static readonly CommandHandler Forward = static (session, command) => session.Forward(command);

    public CommandEntry(CommandInfo info, CommandHandler handler, CommandPolicy policy, int index)
    {
        (Info, Handler, Policy, Index) = (info, handler, policy, index);
        LowerName = info.Name.ToLowerInvariant();
        IsForwarded = handler == Forward && policy == CommandPolicy.None;
    }

    /// <summary>Has subcommands, and is not one itself: what stands behind it names none that is known.</summary>
    public bool IsContainer { get; init; }

    /// <summary>Arity, flags, key positions.</summary>
    public CommandInfo Info { get; }

    /// <summary>Carries it out.</summary>
    public CommandHandler Handler { get; }

    /// <summary>See <see cref="CommandPolicy"/>.</summary>
    public CommandPolicy Policy { get; }

    /// <summary>Place in <see cref="EngineSupport"/>'s table; -1 for a command only the engine knows.</summary>
    public int Index { get; }

    /// <summary>The name as Redis' error texts spell it: <c>client|setname</c>.</summary>
    public string LowerName { get; }

    /// <summary>Nothing is done with it but to send it on, whatever state the session is in.</summary>
    public bool IsForwarded { get; }

    /// <summary>May change data.</summary>
    public bool IsWrite => Info.Is(CommandFlags.Write);

    /// <summary>True when the policy has the flag.</summary>
    public bool Has(CommandPolicy flag) => (Policy & flag) != 0;
}
