using System.Diagnostics;

namespace Baton.Client;

/// <summary>
/// A command on its way: in the outbox, then in flight, then answered. Owned by two: the caller, who takes the result, and the pipeline, which
/// lets go when the command has left it; it is used again when both have let go.
/// </summary>
internal abstract class PendingCommand : IThreadPoolWorkItem
{
    private const int Owners = 2;

    /// <summary>Twice the number of this use, plus one when the command has ended: a claim made for an earlier use fails.</summary>
    private int _use;
    private int _owners;
    private CancellationTokenRegistration _cancellation;
    private ClientContext? _client;

    /// <summary>The next command of the same batch.</summary>
    public PendingCommand? Next { get; set; }

    /// <summary>The next command whose result is to be delivered.</summary>
    public PendingCommand? NextDelivered { get; set; }

    /// <summary>The bytes it is part of, while it is in the pipeline.</summary>
    public Batch? Batch { get; set; }

    /// <summary>Where its frame begins in the batch's chunk.</summary>
    public int Offset { get; set; }

    /// <summary>Its frame's length in bytes.</summary>
    public int Length { get; set; }

    /// <summary>True once an outbox has had it.</summary>
    public bool IsAppended { get; set; }

    /// <summary>What it does.</summary>
    public CommandTraits Traits { get; set; }

    /// <summary>When the caller asked, on the client's coarse clock.</summary>
    public long StartedMs { get; set; }

    /// <summary>When the caller asked, in timestamps; 0 when nobody measures.</summary>
    public long StartedTimestamp { get; set; }

    /// <summary>A limit of its own in milliseconds; 0 for the client's, <see cref="long.MaxValue"/> for none.</summary>
    public long OwnLimitMs { get; set; }

    /// <summary>The same when it has seen a maintenance, if that is longer.</summary>
    public long OwnRelaxedLimitMs { get; set; }

    /// <summary>How often it has been sent again after a connection ended.</summary>
    public int Repeats { get; set; }

    /// <summary>The command's name in upper case, for spans and metrics; null when nobody listens.</summary>
    public string? Name { get; set; }

    /// <summary>The caller's span; null when nobody listens.</summary>
    public Activity? Activity { get; set; }

    /// <summary>Told of the command's end; null when nobody measures.</summary>
    public CommandObserver? Observer { get; set; }

    /// <summary>The error it ended with; null for none.</summary>
    public abstract Exception? Error { get; }

    /// <summary>
    /// True when it is never used again: the reader of a connection that was closed by somebody else may still hold it, with a reply in hand.
    /// </summary>
    public bool IsSpent { get; set; }

    /// <summary>True when its reply, limit, token or connection has ended it.</summary>
    public bool IsEnded => (Volatile.Read(ref _use) & 1) != 0;

    /// <summary>Which use of this object it is.</summary>
    public int Use => Volatile.Read(ref _use) & ~1;

    /// <summary>Makes whoever gets true the one who ends the command. For those who hold it in the pipeline.</summary>
    public bool TryClaim() => TryClaim(Use);

    /// <summary>The same for somebody who may come too late: false when the object serves another use by now.</summary>
    public bool TryClaim(int use) => Interlocked.CompareExchange(ref _use, use | 1, use) == use;

    /// <summary>One reply of this command. True when it was the last.</summary>
    /// <param name="frame">The reply.</param>
    /// <param name="deliveries">Where its caller gets the result from; null for the pool.</param>
    public abstract bool OnReply(ReadOnlySpan<byte> frame, Deliveries? deliveries);

    /// <summary>Ends it with an error, unless it has ended.</summary>
    public bool TryFail(Exception error)
    {
        if (!TryClaim())
        {
            return false;
        }

        EndWith(error);
        return true;
    }

    /// <summary>Ends it with an error; the caller has claimed it.</summary>
    public void EndWith(Exception error)
    {
        SetError(error);
        Dispatch(null);
    }

    /// <summary>The pipeline or the caller lets go.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _owners) == 0)
        {
            Recycle();
        }
    }

    /// <summary>Ends the command when the token is cancelled.</summary>
    public void CancelWith(Outbox outbox, CancellationToken token) =>
        _cancellation = token.UnsafeRegister(
            static (state, canceled) => ((CancelTarget)state!).Cancel(canceled), new CancelTarget(this, Use, outbox));

    /// <inheritdoc/>
    public abstract void Execute();

    /// <summary>Ready for another use, which begins now.</summary>
    protected void Restart(ClientContext? client)
    {
        _client = client;
        StartedMs = client?.Clock.NowMs ?? 0;
        _use = (_use & ~1) + 2;
        _owners = Owners;
    }

    /// <summary>Clears what the last use left and gives the object back.</summary>
    protected virtual void Recycle()
    {
        Next = null;
        Batch = null;
        IsAppended = false;
        _cancellation = default;
        Repeats = 0;
        OwnLimitMs = 0;
        OwnRelaxedLimitMs = 0;
        StartedTimestamp = 0;
        Name = null;
        Activity = null;
        Observer = null;
        _client = null;
    }

    /// <summary>The error, which says what maintenance is under way.</summary>
    protected Exception Told(Exception error) => _client?.Told(error) ?? error;

    /// <summary>Remembers the error; the caller of this has claimed the command.</summary>
    protected abstract void SetError(Exception error);

    /// <summary>
    /// Hands the result to whoever waits: with those of the same receive, or, when no reply ended it, on the thread pool. A caller's code must not hold
    /// up who ends the command.
    /// </summary>
    protected virtual void Dispatch(Deliveries? deliveries)
    {
        EndObservation();
        if (deliveries is not null)
        {
            deliveries.Add(this);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>The command has ended: the token and whoever measures need not look after it any more.</summary>
    protected void EndObservation()
    {
        _cancellation.Unregister();
        _cancellation = default;
        Observer?.OnEnded(this);
    }

    /// <summary>Carried by a token's registration; a later use of the command has another.</summary>
    private sealed class CancelTarget(PendingCommand command, int use, Outbox outbox)
    {
        public void Cancel(CancellationToken token) => outbox.Cancel(command, use, token);
    }
}
