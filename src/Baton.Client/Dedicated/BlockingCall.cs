using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>
/// A blocking command on its way, over as many connections as it takes. When its server announces a move, the next connection is made first; then the
/// command is unblocked on the old one by CLIENT UNBLOCK, which either finds it waiting (it ends empty and is issued again with the time
/// it has left) or comes too late (its element is the result). Nothing is popped twice, and nothing is popped and dropped.
/// </summary>
/// <typeparam name="T">What its reply becomes.</typeparam>
internal sealed class BlockingCall<T>(
    ClientContext context,
    DedicatedPool pool,
    byte[] frame,
    BlockingTimeout wait,
    CommandTraits traits,
    ReplyReader<T> reader,
    CancellationToken cancellationToken)
{
    /// <summary>The server's word for ending a wait by itself (a demoted master): nothing was popped.</summary>
    private const string UnblockedCode = "UNBLOCKED";

    /// <summary>How long CLIENT UNBLOCK may take, connecting included.</summary>
    private static readonly TimeSpan UnblockLimit = TimeSpan.FromSeconds(5);

    private readonly long _startedMs = context.Clock.PreciseMs;
    private readonly TimeSpan? _serverWait = BlockingFrame.ReadWait(frame, wait);

    /// <summary>Set before CLIENT UNBLOCK is sent: an empty reply after it is not the command's own timeout.</summary>
    private volatile bool _isUnblocking;

    /// <summary>The connection to go on with; the pool counts the one that is left until it takes its place.</summary>
    private DedicatedConnection? _next;

    /// <summary>Runs it to its end.</summary>
    public async ValueTask<T> RunAsync()
    {
        var connection = await pool.RentAsync(RentDeadline(), cancellationToken).ConfigureAwait(false);
        while (true)
        {
            _isUnblocking = false;
            try
            {
                var attempt = Send(connection);
                await PrepareHandoffAsync(connection, attempt).ConfigureAwait(false);
                var reply = await attempt.ConfigureAwait(false);
                connection = Move(connection);
                if (!reply.WasUnblocked)
                {
                    pool.Return(connection);
                    return reply.Value;
                }
            }
            catch (RedisException e) when (IsWorthAnother(e))
            {
                connection = await ReplaceAsync(connection).ConfigureAwait(false);
            }
            catch (RedisServerException)
            {
                pool.Return(Move(connection));
                throw;
            }
            catch
            {
                // It may still wait on the server: nobody else shall have the connection, and the server shall not wait for nobody.
                pool.Discard(Move(connection), CloseReason.Abandoned);
                throw;
            }
        }
    }

    private Task<BlockedReply<T>> Send(DedicatedConnection connection)
    {
        var elapsed = TimeSpan.FromMilliseconds(context.Clock.PreciseMs - _startedMs);
        var left = _serverWait is { } all ? all > elapsed ? all - elapsed : TimeSpan.FromMilliseconds(1) : (TimeSpan?)null;
        var pending = PendingReply<BlockedReply<T>>.Rent(Read, traits, context);
        pending.OwnLimitMs = left is null ? long.MaxValue : (long)(left.Value + context.Options.BlockingMargin).TotalMilliseconds;
        pending.OwnRelaxedLimitMs = left is null ? long.MaxValue : (long)(left.Value + RelaxedMargin()).TotalMilliseconds;
        pending.CancelWith(connection.Outbox, cancellationToken);
        var reply = new ValueTask<BlockedReply<T>>(pending, pending.Version).AsTask();
        if (CommandObserver.IsNeeded)
        {
            context.Observer.Begin(pending, frame);
        }

        connection.Outbox.Append(pending, left is null || left == _serverWait ? frame : BlockingFrame.WithWait(frame, wait, left.Value));
        return reply;
    }

    private BlockedReply<T> Read(ref RespReader reply) =>
        _isUnblocking && reply.IsNull ? new BlockedReply<T>(true, default!) : new BlockedReply<T>(false, reader(ref reply));

    /// <summary>Waits for the reply or for a MOVING; after a MOVING makes the next connection and unblocks the command, if that can be done.</summary>
    private async Task PrepareHandoffAsync(DedicatedConnection connection, Task attempt)
    {
        if (await Task.WhenAny(attempt, connection.MovingHeard).ConfigureAwait(false) == attempt || !context.Options.Maintenance.ProactiveHandoff)
        {
            return;
        }

        var (moving, receivedMs) = await connection.MovingHeard.ConfigureAwait(false);
        using var needed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var order = new HandoffOrder(moving, context.PlaceNamedBy(moving), receivedMs, needed);
        var route = new HandoffRoute<DedicatedConnection>(
            context, order, connection.Connection.RemoteEndPoint, (place, limit) => TryReachAsync(place, limit, order.Token));
        var reaching = route.ReachAsync();
        if (await Task.WhenAny(attempt, reaching).ConfigureAwait(false) == attempt)
        {
            await needed.CancelAsync().ConfigureAwait(false);
        }

        try
        {
            _next = await reaching.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return; // The reply has come first, or nobody waits for it any more: it says so itself.
        }

        if (_next is not null && !attempt.IsCompleted)
        {
            _isUnblocking = true;
            await UnblockAsync(connection).ConfigureAwait(false);
        }
    }

    private async Task<DedicatedConnection?> TryReachAsync(RedisEndpoint place, TimeSpan limit, CancellationToken needed)
    {
        using var timeout = new CancellationTokenSource(limit, context.Options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, needed);
        try
        {
            return await pool.MakeExtraAsync([place], both.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException || (e is OperationCanceledException && timeout.IsCancellationRequested))
        {
            needed.ThrowIfCancellationRequested();
            return null; // The old connection serves on; the place may be there in a moment.
        }
    }

    /// <summary>Ids are known where they were given: the word is sent to the same place over a connection of its own.</summary>
    private async Task UnblockAsync(DedicatedConnection connection)
    {
        using var limit = new CancellationTokenSource(UnblockLimit, context.Options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        DedicatedConnection? beside = null;
        try
        {
            beside = await pool.MakeBesideAsync(connection, both.Token).ConfigureAwait(false);
            var writer = CommandWriter.Begin("CLIENT"u8);
            writer.AddBytes("UNBLOCK"u8);
            writer.Add(connection.Connection.Greeting.ClientId);
            var pending = PendingReply<long>.Rent(ReplyReaders.Int64, CommandTraits.None, context);
            var reply = new ValueTask<long>(pending, pending.Version);
            beside.Outbox.Append(pending, writer.Finish().Span);
            writer.Return();
            await reply.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Not in time: the command waits on where it is, and ends with its connection at the latest.
        }
        catch (RedisException)
        {
            // The same.
        }
        finally
        {
            if (beside is not null)
            {
                pool.Replace(beside, CloseReason.Idle);
            }
        }
    }

    /// <summary>The place the old one came from is about to close: if there is a next connection, it is the one to keep.</summary>
    private DedicatedConnection Move(DedicatedConnection old)
    {
        if (_next is not { } next)
        {
            return old;
        }

        _next = null;
        pool.Replace(old, CloseReason.HandedOff);
        return next;
    }

    private async Task<DedicatedConnection> ReplaceAsync(DedicatedConnection old)
    {
        if (_next is not null)
        {
            return Move(old);
        }

        pool.Discard(old, CloseReason.Abandoned);
        return await pool.RentAsync(RentDeadline(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Nothing was popped, and there is time: once more.</summary>
    private bool IsWorthAnother(RedisException error) =>
        !context.Lifetime.IsCancellationRequested
        && context.Clock.PreciseMs < Deadline()
        && (error is RedisServerException { Code: UnblockedCode }
            || (error is RedisConnectionException and not RedisConnectFailedException
                && (error.Outcome == CommandOutcome.NotSent || (traits & CommandTraits.ReadOnly) != 0)));

    private long Deadline() =>
        _serverWait is { } all ? _startedMs + (long)(all + Margin()).TotalMilliseconds : long.MaxValue;

    /// <summary>A connection is waited for as long as an ordinary command is, however long the command may then wait on the server.</summary>
    private long RentDeadline()
    {
        var limit = ClientContext.Milliseconds(context.Options.CommandTimeout);
        return limit == long.MaxValue ? Deadline() : Math.Min(Deadline(), context.Clock.PreciseMs + limit);
    }

    private TimeSpan Margin() => context.Maintenance.IsRelaxed ? RelaxedMargin() : context.Options.BlockingMargin;

    private TimeSpan RelaxedMargin() =>
        context.Options.Maintenance.RelaxedBlockingMargin > context.Options.BlockingMargin
            ? context.Options.Maintenance.RelaxedBlockingMargin
            : context.Options.BlockingMargin;
}
