using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.Movers;

/// <summary>
/// Moves by reading and writing keys, for any pair of engines. One caller at a time; <see cref="AbortAsync"/> at any time.
/// </summary>
/// <remarks>
/// <code>
/// step      what                                                                     proof
/// attach    tap on; find and copy every key;      copy written keys again and again  at most NearKeys were left, or no progress
/// catch up  (hold closed) copy the last written keys                                 the tap, taken once more, is empty
/// fence     the source refuses writes                                                the tap is still empty
/// promote   nothing to do: the target has been a master all along                    refused without the proof of the fence
/// abort     fence off, tap off; the target is the caller's to throw away
/// </code>
/// A key is read again only after the commands that wrote it were answered (the tap sees to it), so the last read sees the last write.
/// A write to the whole keyspace empties the target and starts the copy again.
/// </remarks>
internal sealed class CopyMover(
    IShardEngine source, IShardEngine target, Func<Task<IWriteTap>> attachTap, MoverLimits limits, TimeProvider time) : IShardMover
{
    private const int MaxPassesInHold = 8;
    private const int PagesPerTake = 16;
    private const int MaxRoundsWithoutProgress = 3;

    private readonly HashSet<DatabaseKey> _pending = [];
    private DatabaseLink? _sourceLink;
    private DatabaseLink? _targetLink;
    private KeyCopier? _copier;
    private IWriteTap? _tap;
    private MoveProgress _known = new(0, 0, "keys");
    private string? _wholeKeyspace;
    private bool _fenced;
    private bool _caughtUp;
    private bool _proven;
    private bool _promoted;

    /// <inheritdoc/>
    public Task AttachAsync(IProgress<MoveProgress> progress, CancellationToken cancellationToken) => AttachBound.RunAsync(
        limits,
        time,
        token => AttachWithinLimitAsync(progress, token),
        $"{source.Spec} was not copied to {target.Spec}",
        cancellationToken);

    /// <inheritdoc/>
    public async Task ApproachAsync(CancellationToken cancellationToken)
    {
        if (!await SettleAsync(new Progress<MoveProgress>(), cancellationToken).ConfigureAwait(false))
        {
            throw new EngineException($"{source.Spec}: {_wholeKeyspace} changed the whole keyspace before the switch; copy again");
        }
    }

    /// <inheritdoc/>
    public Task<long> LagAsync(CancellationToken cancellationToken) => Task.FromResult((long)_pending.Count);

    /// <inheritdoc/>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        for (int pass = 0; pass < MaxPassesInHold; pass++)
        {
            if (!await TakeAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new EngineException($"{source.Spec}: {_wholeKeyspace} changed the whole keyspace just before the switch; copy again");
            }

            if (pass > 0 && _pending.Count == 0)
            {
                await FunctionCopy.RunAsync(Source, Target, cancellationToken).ConfigureAwait(false);
                _caughtUp = true;
                return;
            }

            await CopyPendingAsync(cancellationToken).ConfigureAwait(false);
        }

        throw new EngineException($"{source.Spec} is still being written to after {MaxPassesInHold} passes with the hold closed");
    }

    /// <inheritdoc/>
    public async Task FenceAsync(CancellationToken cancellationToken)
    {
        if (!_caughtUp)
        {
            throw new EngineException($"{source.Spec} is not fenced: {target.Spec} has not caught up");
        }

        _fenced = true; // before the order: if its answer is lost, an abort must lift it all the same
        await Fences.CloseAsync(source.Capabilities, Source.Connection, limits.RestLimit, CancellationToken.None).ConfigureAwait(false);
        if (!await TakeAsync(cancellationToken).ConfigureAwait(false) || _pending.Count > 0)
        {
            throw new EngineException($"{source.Spec} was written to between the last copy and the fence");
        }

        _proven = true;
    }

    /// <inheritdoc/>
    public Task PromoteAsync(CancellationToken cancellationToken)
    {
        if (!_proven)
        {
            throw new EngineException($"{target.Spec} is not promoted: it was not proven equal to {source.Spec}");
        }

        _promoted = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RetireOldAsync(bool keepAsReplica, CancellationToken cancellationToken) =>
        !_promoted ? throw new EngineException($"{source.Spec} is not retired: {target.Spec} was not promoted")
        : keepAsReplica ? source.FollowAsync(target, cancellationToken)
        : Task.CompletedTask;

    /// <inheritdoc/>
    public async Task AbortAsync()
    {
        if (_promoted)
        {
            return;
        }

        _proven = _caughtUp = false;
        await DropTapAsync().ConfigureAwait(false);
        if (_fenced)
        {
            await OpenFenceAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DropTapAsync().ConfigureAwait(false);
        foreach (DatabaseLink? link in new[] { _sourceLink, _targetLink })
        {
            if (link is not null)
            {
                await link.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private DatabaseLink Source => _sourceLink ?? throw new EngineException($"{source.Spec} is not being moved: attach comes first");

    private DatabaseLink Target => _targetLink ?? throw new EngineException($"{target.Spec} is not being moved to: attach comes first");

    private async Task AttachWithinLimitAsync(IProgress<MoveProgress> progress, CancellationToken cancellationToken)
    {
        _sourceLink = await ConnectAsync(source, limits.ReadLimit, cancellationToken).ConfigureAwait(false);
        _targetLink = await ConnectAsync(target, limits.CommandLimit, cancellationToken).ConfigureAwait(false);
        _sourceLink.Progressed = _targetLink.Progressed = () => progress.Report(_known); // one large value is many answers and no page
        _copier = new KeyCopier(_sourceLink, _targetLink, limits);
        if ((await _targetLink.KeysByDatabaseAsync(cancellationToken).ConfigureAwait(false)).Values.Any(count => count > 0))
        {
            throw new EngineException($"{target.Spec} is no target: it holds keys already");
        }

        await FunctionCopy.RunAsync(Source, Target, cancellationToken).ConfigureAwait(false);
        _tap = await attachTap().ConfigureAwait(false);
        for (int restarts = 0; ; restarts++)
        {
            if (await CopyAllAsync(progress, cancellationToken).ConfigureAwait(false)
                && await SettleAsync(progress, cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            if (restarts == limits.MaxRestarts)
            {
                throw new EngineException(
                    $"{source.Spec}: {_wholeKeyspace} changed the whole keyspace during the copy, and {restarts} restarts "
                    + "are the limit (MaxRestarts)");
            }

            await Target.Connection.DemandAsync(["FLUSHALL"], cancellationToken).ConfigureAwait(false);
        }
    }

    // Every key there is. False: a write to the whole keyspace came in between, nothing of the copy counts.
    private async Task<bool> CopyAllAsync(IProgress<MoveProgress> progress, CancellationToken cancellationToken)
    {
        _pending.Clear();
        int pages = 0;
        await foreach (KeyPage page in KeyPage.ReadAllAsync(Source, limits.KeysPerBatch, cancellationToken).ConfigureAwait(false))
        {
            await CopyAsync(page.Database, page.Keys, cancellationToken).ConfigureAwait(false);
            progress.Report(_known = new MoveProgress(page.Done, page.Total, "keys"));
            if (++pages % PagesPerTake == 0 && !await TakeAsync(cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    // Written keys, until few are left or they come as fast as they are copied: the rest is for the hold.
    private async Task<bool> SettleAsync(IProgress<MoveProgress> progress, CancellationToken cancellationToken)
    {
        int best = int.MaxValue;
        int withoutProgress = 0;
        for (int round = 0; round < limits.MaxCatchUpRounds; round++)
        {
            if (!await TakeAsync(cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            int count = _pending.Count;
            withoutProgress = count < best ? 0 : withoutProgress + 1;
            best = Math.Min(best, count);
            progress.Report(_known = new MoveProgress(0, count, "written keys"));
            if (count <= limits.NearKeys || withoutProgress == MaxRoundsWithoutProgress)
            {
                return true;
            }

            await CopyPendingAsync(cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        IWriteTap tap = _tap ?? throw new EngineException($"{source.Spec} is not being moved: attach comes first");
        WrittenKeys written;
        try
        {
            written = await tap.TakeAsync(cancellationToken).WaitAsync(limits.StallLimit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new EngineException(
                $"{source.Spec} did not answer the writes that were sent to it within {limits.StallLimit.TotalSeconds:0.#} s (StallLimit)");
        }

        _pending.UnionWith(written.Keys);
        if (written.WholeKeyspace)
        {
            _wholeKeyspace = written.Reason ?? "a command that names no keys";
        }

        return !written.WholeKeyspace;
    }

    private async Task CopyPendingAsync(CancellationToken cancellationToken)
    {
        DatabaseKey[] keys = [.. _pending];
        _pending.Clear();
        foreach (IGrouping<int, DatabaseKey> database in keys.GroupBy(key => key.Database))
        {
            foreach (DatabaseKey[] batch in database.Chunk(limits.KeysPerBatch))
            {
                await CopyAsync(database.Key, [.. batch.Select(key => key.Key)], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task CopyAsync(int database, byte[][] keys, CancellationToken cancellationToken)
    {
        foreach (byte[] again in await _copier!.CopyAsync(database, keys, cancellationToken).ConfigureAwait(false))
        {
            _pending.Add(new DatabaseKey(database, again));
        }
    }

    private async Task<DatabaseLink> ConnectAsync(IShardEngine engine, TimeSpan answerLimit, CancellationToken cancellationToken) => new(
        engine,
        await RespConnection.ConnectAsync(engine.Address, engine.Spec.Secret, answerLimit, time, cancellationToken)
            .ConfigureAwait(false),
        limits,
        time);

    private async Task DropTapAsync()
    {
        if (Interlocked.Exchange(ref _tap, null) is { } tap)
        {
            await tap.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task OpenFenceAsync()
    {
        using CancellationTokenSource limit = new(limits.CommandLimit, time);
        try
        {
            // On a connection of its own: the mover's may be what broke.
            await using DatabaseLink link = await ConnectAsync(source, limits.CommandLimit, limit.Token).ConfigureAwait(false);
            await Fences.OpenAsync(source.Capabilities, link.Connection, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is EngineException or OperationCanceledException)
        {
            // Best effort by contract: an engine that cannot be reached is restarted, and then has no fence.
        }
    }
}
