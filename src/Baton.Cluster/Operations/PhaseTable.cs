using System.Collections.Immutable;
using System.Diagnostics;

namespace Baton.Cluster.Operations;

/// <summary>The allowed phase changes of an operation: the same edges as the diagram in its folder.</summary>
/// <typeparam name="TPhase">The phase enum.</typeparam>
/// <param name="Initial">Phases it may begin in.</param>
/// <param name="Edges">From, to.</param>
public sealed record PhaseTable<TPhase>(ImmutableArray<TPhase> Initial, ImmutableArray<(TPhase From, TPhase To)> Edges)
    where TPhase : struct, Enum
{
    /// <summary>Returns <paramref name="to"/> when the edge exists.</summary>
    /// <exception cref="UnreachableException">It does not: a bug, stopped before it is stored.</exception>
    public TPhase Move(TPhase from, TPhase to) =>
        Edges.Contains((from, to)) ? to : throw new UnreachableException($"{typeof(TPhase).Name}: no edge {from} -> {to}");
}
