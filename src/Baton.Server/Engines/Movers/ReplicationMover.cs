using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.Movers;

/// <summary>
/// Moves by Redis replication. The target is a fresh instance, which is told to follow the source, or a replica that follows it already.
/// One caller at a time; <see cref="AbortAsync"/> at any time.
/// </summary>
/// <remarks>
/// <code>
/// step      source                                    target                                       proof
/// attach    serves                                    makes no events; REPLICAOF source; first copy  the stream flows, at most NearBytes behind
/// catch up  serves nobody (hold closed)               applies the rest                             target offset >= source offset
/// fence     every write fails; expires nothing more   applies what came in between                 the same, read after the fence
/// promote   fenced                                    expires nothing; REPLICAOF NO ONE            refused without the proof of the fence
/// wake      fenced                                    expires again
/// retire    REPLICAOF target, or stays fenced         master
/// abort     fence off                                 forgotten (a fresh one) or follows again (a replica)
/// </code>
/// Offsets are compared with "at least" after the fence: what may still enter the stream then (pings, expirations) both sides do alike.
/// </remarks>
internal sealed class ReplicationMover(IShardEngine source, IShardEngine target, MoverLimits limits, TimeProvider time) : IShardMover
{
    /// <summary>A shard channel nobody listens on.</summary>
    private const string StreamProof = "baton:does the stream flow";

    private const string EventSetting = "notify-keyspace-events";

    private static readonly TimeSpan AttachPoll = TimeSpan.FromMilliseconds(5);

    private RespConnection? _sourceLink;
    private RespConnection? _targetLink;
    private string _events = "";
    private bool _wasReplica;
    private bool _attached;
    private bool _fenced;
    private bool _proven;
    private bool _promoted;

    /// <inheritdoc/>
    public async Task AttachAsync(IProgress<MoveProgress> progress, CancellationToken cancellationToken)
    {
        _sourceLink = await ConnectAsync(source, cancellationToken).ConfigureAwait(false);
        _targetLink = await ConnectAsync(target, cancellationToken).ConfigureAwait(false);
        ReplicationState before = await ReadAsync(_targetLink, cancellationToken).ConfigureAwait(false);
        _wasReplica = before.Follows(source.Address);
        _attached = true;
        _events = await EventsOfAsync(_targetLink, cancellationToken).ConfigureAwait(false);
        await SetEventsAsync(_targetLink, "", cancellationToken).ConfigureAwait(false);
        if (!_wasReplica)
        {
            await target.FollowAsync(source, cancellationToken).ConfigureAwait(false);
        }

        await AttachBound.RunAsync(
            limits, time, token => WaitUntilNearAsync(progress, token), $"{target.Spec} did not come near {source.Spec}", cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public bool HearsSource => true;

    /// <inheritdoc/>
    public async Task<long> LagAsync(CancellationToken cancellationToken)
    {
        ReplicationState theirs = await ReadAsync(Source, cancellationToken).ConfigureAwait(false);
        ReplicationState ours = await ReadAsync(Target, cancellationToken).ConfigureAwait(false);
        return Math.Max(0, theirs.Offset - ours.Offset);
    }

    /// <inheritdoc/>
    public Task CatchUpAsync(CancellationToken cancellationToken) => WaitUntilEqualAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task FenceAsync(CancellationToken cancellationToken)
    {
        _fenced = true; // before the order: if its answer is lost, an abort must lift it all the same
        await Fences.CloseAsync(source.Capabilities, Source, limits.RestLimit, CancellationToken.None).ConfigureAwait(false);
        _events = await EventsOfAsync(Source, cancellationToken).ConfigureAwait(false);
        await WaitUntilEqualAsync(cancellationToken).ConfigureAwait(false);
        _proven = true;
    }

    /// <inheritdoc/>
    public async Task PromoteAsync(CancellationToken cancellationToken)
    {
        if (!_proven)
        {
            throw new EngineException($"{target.Spec} is not promoted: it was not proven equal to {source.Spec}");
        }

        // A master expires keys by itself; it must not before those who listen for that are connected to it.
        RespBatch batch = new RespBatch().AddRest(limits.RestLimit).Add("REPLICAOF", "NO", "ONE");
        RespReply promoted = (await Target.SendAsync(batch, cancellationToken).ConfigureAwait(false))[1];
        if (!promoted.IsError && _events.Length > 0)
        {
            // Whose keys expire makes the event: from here on the target's, and no longer the source's.
            await Task.WhenAll(SetEventsAsync(Source, "", cancellationToken), SetEventsAsync(Target, _events, cancellationToken)).ConfigureAwait(false);
        }

        _promoted = promoted.IsError ? throw new EngineException($"{target.Spec} refused its promotion: {promoted.Text}") : true;
    }

    /// <inheritdoc/>
    public async Task WakeAsync(CancellationToken cancellationToken)
    {
        if (!Target.IsBroken)
        {
            await Target.SendAsync(new RespBatch().AddWake(), cancellationToken).ConfigureAwait(false);
            return;
        }

        await OnNewLinkAsync(target, link => link.SendAsync(new RespBatch().AddWake(), cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task RetireOldAsync(bool keepAsReplica, CancellationToken cancellationToken) =>
        !_promoted ? throw new EngineException($"{source.Spec} is not retired: {target.Spec} was not promoted")
        : keepAsReplica ? source.FollowAsync(target, cancellationToken)
        : Task.CompletedTask;

    /// <inheritdoc/>
    public async Task AbortAsync()
    {
        if (_promoted || !_attached)
        {
            return;
        }

        _proven = false;
        if (_wasReplica)
        {
            // A promotion whose answer was lost may have taken place: following again undoes it, before the source serves.
            await TryAsync(token => target.FollowAsync(source, token)).ConfigureAwait(false);
            await TryAsync(token => OnNewLinkAsync(target, link => SetEventsAsync(link, _events, token), token)).ConfigureAwait(false);
        }
        else
        {
            await TryAsync(token => OnNewLinkAsync(
                target, link => link.DemandAsync(["REPLICAOF", "NO", "ONE"], token), token)).ConfigureAwait(false);
        }

        if (_fenced)
        {
            await TryAsync(token => OnNewLinkAsync(
                source, link => Fences.OpenAsync(source.Capabilities, link, token), token)).ConfigureAwait(false);
            await TryAsync(token => OnNewLinkAsync(source, link => SetEventsAsync(link, _events, token), token)).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (RespConnection? link in new[] { _sourceLink, _targetLink })
        {
            if (link is not null)
            {
                await link.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private RespConnection Source => _sourceLink ?? throw new EngineException($"{source.Spec} is not being moved: attach comes first");

    private RespConnection Target => _targetLink ?? throw new EngineException($"{target.Spec} is not being moved to: attach comes first");

    private static async Task<string> EventsOfAsync(RespConnection link, CancellationToken cancellationToken)
    {
        RespReply reply = await link.DemandAsync(["CONFIG", "GET", EventSetting], cancellationToken).ConfigureAwait(false);
        return reply.Items is [_, RespReply value] ? value.Text : "";
    }

    private static async Task SetEventsAsync(RespConnection link, string events, CancellationToken cancellationToken) =>
        await link.DemandAsync(["CONFIG", "SET", EventSetting, events], cancellationToken).ConfigureAwait(false);

    // A side that does not tell its role has none that could be judged: -BUSY is waited for, any other error is the reason to give up.
    private async Task<ReplicationState> ReadAsync(RespConnection link, CancellationToken cancellationToken)
    {
        RespBatch batch = new RespBatch().Add("INFO", "replication").Add("INFO", "persistence");
        RespReply[] replies = await link.SendPatientlyAsync(batch, limits, time, cancellationToken).ConfigureAwait(false);
        return Array.Find(replies, static reply => reply.IsError) is { IsError: true } refusal
            ? throw new EngineException($"{(link == _sourceLink ? source : target).Spec} does not tell its state: {refusal.Text}")
            : new ReplicationState(new InfoReply(replies));
    }

    private Task<RespConnection> ConnectAsync(IShardEngine engine, CancellationToken cancellationToken) =>
        RespConnection.ConnectAsync(engine.Address, engine.Spec.Secret, limits.CommandLimit, time, cancellationToken);

    // The mover's own links may be what broke.
    private async Task OnNewLinkAsync(IShardEngine engine, Func<RespConnection, Task> undo, CancellationToken cancellationToken)
    {
        await using RespConnection link = await ConnectAsync(engine, cancellationToken).ConfigureAwait(false);
        await undo(link).ConfigureAwait(false);
    }

    private async Task TryAsync(Func<CancellationToken, Task> undo)
    {
        using CancellationTokenSource limit = new(limits.CommandLimit, time);
        try
        {
            await undo(limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is EngineException or OperationCanceledException)
        {
            // Best effort by contract: an engine that cannot be reached has nothing to undo, or is restarted without the fence.
        }
    }

    private async Task WaitUntilNearAsync(IProgress<MoveProgress> progress, CancellationToken cancellationToken)
    {
        long stalledSince = time.GetTimestamp();
        ReplicationState last = default;
        long? streamed = null;
        while (true)
        {
            ReplicationState theirs = await ReadAsync(Source, cancellationToken).ConfigureAwait(false);
            ReplicationState ours = await ReadAsync(Target, cancellationToken).ConfigureAwait(false);
            if (!theirs.IsMaster)
            {
                throw new EngineException($"{source.Spec} cannot be copied: it is no master any more");
            }

            if (ours.IsReady && theirs.Offset - ours.Offset <= limits.NearBytes)
            {
                streamed ??= await BeginStreamAsync(cancellationToken).ConfigureAwait(false);
                if (ours.Offset >= streamed)
                {
                    return;
                }
            }

            progress.Report(ours.Progress(theirs));
            if (ours != last)
            {
                (last, stalledSince) = (ours, time.GetTimestamp());
            }
            else if (time.GetElapsedTime(stalledSince) > limits.StallLimit)
            {
                throw new EngineException(
                    $"{target.Spec} made no progress following {source.Spec} for {limits.StallLimit.TotalSeconds:0.#} s "
                    + $"(StallLimit): {ours}");
            }

            await Task.Delay(AttachPoll, time, cancellationToken).ConfigureAwait(false);
        }
    }

    // After a first copy the source keeps its stream back until the target has acknowledged once more, up to a second later (Redis 7, diskless): a hold
    // that began then would wait for it. What is published to a shard channel goes through the stream and is seen by nobody, so where that has arrived
    // the stream flows. A Redis too old for the command does not keep it back.
    private async Task<long> BeginStreamAsync(CancellationToken cancellationToken)
    {
        await Source.SendPatientlyAsync(new RespBatch().Add("SPUBLISH", StreamProof, ""), limits, time, cancellationToken).ConfigureAwait(false);
        return (await ReadAsync(Source, cancellationToken).ConfigureAwait(false)).Offset;
    }

    // Reads back to back, without a pause: this runs inside a hold, and each round is one trip over the loopback.
    private async Task WaitUntilEqualAsync(CancellationToken cancellationToken)
    {
        ReplicationState theirs = await ReadAsync(Source, cancellationToken).ConfigureAwait(false);
        if (!theirs.IsMaster)
        {
            throw new EngineException($"{source.Spec} cannot be handed over: it is no master any more");
        }

        while (true)
        {
            ReplicationState ours = await ReadAsync(Target, cancellationToken).ConfigureAwait(false);
            if (!ours.LinkUp)
            {
                throw new EngineException($"{target.Spec} lost its link to {source.Spec} before it was equal");
            }

            if (ours.ReplicationId != theirs.ReplicationId)
            {
                throw new EngineException($"{target.Spec} follows another history than {source.Spec} has: {ours}");
            }

            if (ours.Offset >= theirs.Offset)
            {
                return;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
