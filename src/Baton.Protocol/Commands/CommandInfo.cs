namespace Baton.Protocol.Commands;

/// <summary>One row of the command table.</summary>
/// <param name="Name">Upper-case name; a subcommand is written <c>CLIENT|SETNAME</c>.</param>
/// <param name="Arity">
/// Number of arguments with the name itself; negative means "at least". Counted as <c>COMMAND</c> does: a subcommand's arity includes
/// the container.
/// </param>
/// <param name="Flags">What it does.</param>
/// <param name="FirstKey">Index of the first key argument, 0 when there is none.</param>
/// <param name="LastKey">Index of the last key argument; negative counts from the end.</param>
/// <param name="KeyStep">Distance between keys.</param>
public sealed record CommandInfo(string Name, int Arity, CommandFlags Flags, int FirstKey, int LastKey, int KeyStep)
{
    /// <summary>How the keys are found when they do not stand at fixed places; decided once, by the name.</summary>
    internal KeyRule KeyRule { get; } = KeyRules.Of(Name);

    /// <summary>True when <paramref name="argumentCount"/> (name included) satisfies <see cref="Arity"/>.</summary>
    public bool AcceptsArgumentCount(int argumentCount) =>
        Arity >= 0 ? argumentCount == Arity : argumentCount >= -Arity;

    /// <summary>True when the flag is set.</summary>
    public bool Is(CommandFlags flag) => (Flags & flag) != 0;
}
