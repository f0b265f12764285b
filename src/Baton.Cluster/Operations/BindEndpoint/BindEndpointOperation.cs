using System.Collections.Immutable;
using Baton.Cluster.Model;
using Baton.Cluster.Placement;
using Baton.Protocol.Maintenance;

namespace Baton.Cluster.Operations;

/// <summary>
/// The endpoint goes to other nodes' proxies. The new ones listen first; then MOVING goes to the connections of those that leave; when the
/// announced time is over these drain and close.
/// <code>
/// leaving  joining   then
/// none     none      completed at once
/// none     some      silent: listeners open, done
/// some     some      MOVING to the connections of every leaving node, target = a joining one
/// some     none      MOVING with a staying node as target; nothing is said when the cluster is set to shrink silently
/// </code>
/// Opening is undone when a listener cannot be opened; from the announcement on it only goes forward.
/// </summary>
public sealed record BindEndpointOperation : DatabaseOperation
{
    /// <summary>The allowed phase changes.</summary>
    public static PhaseTable<BindEndpointPhase> Phases { get; } = new(
        [BindEndpointPhase.Opening],
        [
            (BindEndpointPhase.Opening, BindEndpointPhase.Announced),
            (BindEndpointPhase.Opening, BindEndpointPhase.Completed),
            (BindEndpointPhase.Opening, BindEndpointPhase.RollingBack),
            (BindEndpointPhase.Opening, BindEndpointPhase.Resuming),
            (BindEndpointPhase.Announced, BindEndpointPhase.Closing),
            (BindEndpointPhase.Announced, BindEndpointPhase.Resuming),
            (BindEndpointPhase.Closing, BindEndpointPhase.Completed),
            (BindEndpointPhase.RollingBack, BindEndpointPhase.Failed),
            (BindEndpointPhase.Resuming, BindEndpointPhase.Opening),
        ]);

    /// <inheritdoc/>
    public override string Name => "bind";

    /// <inheritdoc/>
    public override string PhaseName => Phase.ToString();

    /// <summary>Where it stands.</summary>
    public BindEndpointPhase Phase { get; init; } = BindEndpointPhase.Opening;

    /// <summary>Which nodes' proxies shall serve in the end.</summary>
    public required ImmutableSortedSet<int> Wanted { get; init; }

    /// <summary>The database's policy in the end.</summary>
    public required ProxyPolicy ProxyPolicy { get; init; }

    /// <summary>See <see cref="DatabaseState.IncludeProxies"/>.</summary>
    public ImmutableSortedSet<int> IncludeProxies { get; init; } = [];

    /// <summary>See <see cref="DatabaseState.ExcludeProxies"/>.</summary>
    public ImmutableSortedSet<int> ExcludeProxies { get; init; } = [];

    /// <summary>Sequence number of the MOVING that is open; 0 = nothing announced.</summary>
    public long OpenerSequence { get; init; }

    /// <summary>Which nodes were bound when it was asked for.</summary>
    public ImmutableSortedSet<int> Previous { get; init; } = [];

    /// <summary>Nodes whose listener was asked for and has not answered: the operation does not end before they have.</summary>
    public ImmutableSortedSet<int> Unanswered { get; init; } = [];

    /// <summary>
    /// Before the announcement the new ones may still have to go again; from it on the old ones go. Where nobody else is bound yet, as after a
    /// restart, nobody leaves: there would be no place to connect to.
    /// </summary>
    public override ImmutableSortedSet<int> Leaving(ImmutableSortedSet<int> boundNodes)
    {
        ImmutableSortedSet<int> leaving = boundNodes.Except(
            Phase is BindEndpointPhase.Opening or BindEndpointPhase.RollingBack ? Previous : Wanted);
        return leaving.Count == boundNodes.Count ? [] : leaving;
    }

    /// <inheritdoc/>
    internal override void Begin(StepScope scope)
    {
        ImmutableSortedSet<int> joining = Wanted.Except(scope.Database(DatabaseUid).ListeningNodes);
        foreach (int node in joining)
        {
            scope.Emit(new OpenListener(Id, DatabaseUid, node));
        }

        (this with { Unanswered = joining }).AnnounceWhenOpen(scope);
    }

    /// <inheritdoc/>
    internal override void On(StepScope scope, ClusterEvent happened)
    {
        switch (happened)
        {
            case ListenerOpened opened when Phase == BindEndpointPhase.Opening:
                Bind(scope, opened.NodeUid);
                Answered(opened.NodeUid).AnnounceWhenOpen(scope);
                break;
            case ListenerOpened late when Phase == BindEndpointPhase.RollingBack:
                Bind(scope, late.NodeUid);
                scope.Emit(new CloseListener(Id, DatabaseUid, late.NodeUid, Deleted: false));
                scope.Put(Answered(late.NodeUid));
                break;
            case ListenerOpenFailed failed when Phase == BindEndpointPhase.Opening:
                Answered(failed.NodeUid).RollBack(scope, failed);
                break;
            case TimerFired { Timer.Kind: TimerKind.RebindGrace } when Phase == BindEndpointPhase.Announced:
                CloseLeaving(scope);
                break;
            case ListenerClosed closed when Phase is BindEndpointPhase.Closing or BindEndpointPhase.RollingBack
                                             && !Staying.Contains(closed.NodeUid):
                Unbind(scope, closed.NodeUid);
                FinishWhenClosed(scope);
                break;
            case ListenerOpenFailed failed when Phase == BindEndpointPhase.RollingBack:
                Answered(failed.NodeUid).FinishWhenClosed(scope);
                break;
            default:
                // Late or repeated results, and events that concern instances: the endpoint does not care which instance serves.
                break;
        }
    }

    /// <summary>The nodes that serve when it is over.</summary>
    private ImmutableSortedSet<int> Staying => Phase == BindEndpointPhase.Closing ? Wanted : Previous;

    private BindEndpointOperation To(BindEndpointPhase phase) => this with { Phase = Phases.Move(Phase, phase) };

    private BindEndpointOperation Answered(int node) => this with { Unanswered = Unanswered.Remove(node) };

    private void Bind(StepScope scope, int node)
    {
        DatabaseState database = scope.Database(DatabaseUid);
        scope.Put(database with { BoundNodes = database.BoundNodes.Add(node), ListeningNodes = database.ListeningNodes.Add(node) });
    }

    private void Unbind(StepScope scope, int node)
    {
        DatabaseState database = scope.Database(DatabaseUid);
        scope.Put(database with { BoundNodes = database.BoundNodes.Remove(node), ListeningNodes = database.ListeningNodes.Remove(node) });
    }

    private void AnnounceWhenOpen(StepScope scope)
    {
        DatabaseState database = scope.Database(DatabaseUid);
        if (!Wanted.IsSubsetOf(database.ListeningNodes))
        {
            scope.Put(this with { Progress = 10 });
            return;
        }

        scope.Put(database with { ProxyPolicy = ProxyPolicy, IncludeProxies = IncludeProxies, ExcludeProxies = ExcludeProxies });
        ImmutableSortedSet<int> leaving = database.BoundNodes.Except(Wanted);
        if (leaving.IsEmpty)
        {
            Finish(scope, To(BindEndpointPhase.Completed));
            return;
        }

        Announce(scope, leaving);
    }

    private void Announce(StepScope scope, ImmutableSortedSet<int> leaving)
    {
        DateTimeOffset due = scope.Now.AddSeconds(scope.Settings.EndpointRebindGraceSeconds);
        BindEndpointOperation operation = To(BindEndpointPhase.Announced) with { Progress = 50 };
        ImmutableSortedSet<int> joining = Wanted.Except(Previous);
        if (!joining.IsEmpty || !scope.Settings.SilentEndpointShrink)
        {
            ImmutableSortedSet<int> targets = joining.IsEmpty ? Wanted : joining;
            operation = operation with { OpenerSequence = scope.TakeSequence(DatabaseUid, 1) };
            DatabaseState database = scope.Database(DatabaseUid);
            ImmutableArray<WindowOpener> openers =
            [
                .. leaving.Select((node, index) => new WindowOpener(node, new Moving(
                    operation.OpenerSequence,
                    EndpointNames.MovingTarget(scope.Settings, scope.State.Nodes[targets[index % targets.Count]], database.Port)))),
            ];
            scope.Emit(new OpenWindow(Id, DatabaseUid, openers, due));
        }

        scope.Emit(new ArmTimer(Id, new TimerId(TimerKind.RebindGrace), due));
        scope.Put(operation);
    }

    private void CloseLeaving(StepScope scope)
    {
        foreach (int node in scope.Database(DatabaseUid).BoundNodes.Except(Wanted))
        {
            scope.Emit(new CloseListener(Id, DatabaseUid, node, Deleted: false));
        }

        scope.Put(To(BindEndpointPhase.Closing) with { Progress = 90 });
    }

    private void RollBack(StepScope scope, ListenerOpenFailed failed)
    {
        foreach (int node in scope.Database(DatabaseUid).BoundNodes.Except(Previous))
        {
            scope.Emit(new CloseListener(Id, DatabaseUid, node, Deleted: false));
        }

        BindEndpointOperation operation = To(BindEndpointPhase.RollingBack) with
        {
            Error = $"the listener on node {failed.NodeUid} could not be opened: {failed.Reason}; "
                + "rolled back: the endpoint stays where it was",
        };
        operation.FinishWhenClosed(scope);
    }

    private void FinishWhenClosed(StepScope scope)
    {
        if (!Unanswered.IsEmpty || !scope.Database(DatabaseUid).BoundNodes.IsSubsetOf(Staying))
        {
            scope.Put(this);
            return;
        }

        if (OpenerSequence > 0)
        {
            scope.Emit(new CloseWindow(Id, DatabaseUid, OpenerSequence, null));
        }

        Finish(scope, To(Phase == BindEndpointPhase.Closing ? BindEndpointPhase.Completed : BindEndpointPhase.Failed));
    }

    /// <summary>
    /// Opening and Announced go on once the database serves, with a fresh announcement: whoever reconnected to a leaving proxy has not
    /// been told.
    /// Closing and RollingBack are over: with the process their connections ended too.
    /// </summary>
    internal override void Restart(StepScope scope)
    {
        switch (Phase)
        {
            case BindEndpointPhase.Opening or BindEndpointPhase.Announced:
                scope.Put(To(BindEndpointPhase.Resuming) with { OpenerSequence = 0 });
                break;
            case BindEndpointPhase.Closing or BindEndpointPhase.RollingBack:
                scope.Put(scope.Database(DatabaseUid) with { BoundNodes = Staying });
                (this with { Unanswered = [] }).FinishWhenClosed(scope);
                break;
            default:
                break; // Resuming: goes on waiting.
        }
    }

    /// <inheritdoc/>
    internal override void DatabaseUp(StepScope scope)
    {
        if (Phase == BindEndpointPhase.Resuming)
        {
            To(BindEndpointPhase.Opening).Begin(scope);
        }
    }
}
