using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;
using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>
/// A command with one reply. The caller awaits it as a <see cref="ValueTask{T}"/> or blocks on it; pooled, so that a command allocates nothing but
/// its result.
/// </summary>
/// <typeparam name="T">What its reply becomes.</typeparam>
internal class PendingReply<T> : PendingCommand, IValueTaskSource<T>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<T> _core;
    private ReplyReader<T> _reader = null!;
    private T _result = default!;
    private Exception? _error;
    private bool _blocks;
    private bool _isDone;

    /// <inheritdoc/>
    public override Exception? Error => _error;

    /// <summary>The token of this use.</summary>
    public short Version => _core.Version;

    /// <summary>Takes one for a command; of no client for a greeting.</summary>
    public static PendingReply<T> Rent(ReplyReader<T> reader, CommandTraits traits, ClientContext? client)
    {
        var command = ReuseBin<PendingReply<T>>.TryTake() ?? new PendingReply<T>();
        command.Begin(reader, traits, client);
        return command;
    }

    /// <summary>Reads a whole reply. False, with the error the caller gets, when it is an error or nothing the reader can read.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, ReplyReader<T> reader, out T? result, out Exception? error)
    {
        (result, error) = (default, null);
        try
        {
            var reply = new RespReader(frame);
            reply.Read();
            if (reply.IsError && !ReferenceEquals(reader, ReplyReaders.RawOrError))
            {
                error = RedisServerException.From(reply.Value);
            }
            else
            {
                result = reader(ref reply);
            }
        }
        catch (RedisException e)
        {
            error = e;
        }
        catch (Exception e)
        {
            // The reader may be the caller's own: whatever it throws is the caller's, and the connection goes on.
            error = new RedisReplyException($"The reply could not be read as {typeof(T)}: {e.Message}", e);
        }

        return error is null;
    }

    /// <summary>Before it is sent: its caller will block, and is woken by whoever ends the command, without a pool thread in between.</summary>
    public void MakeBlocking() => _blocks = true;

    /// <summary>Blocks until it has ended; there is a limit for every command, so the wait is bounded by it.</summary>
    public T WaitForResult()
    {
        Deliveries.BeforeBlocking();
        lock (this)
        {
            while (!_isDone)
            {
                Monitor.Wait(this);
            }
        }

        return ((IValueTaskSource<T>)this).GetResult(Version);
    }

    /// <inheritdoc/>
    public override bool OnReply(ReadOnlySpan<byte> frame, Deliveries? deliveries)
    {
        if (TryClaim())
        {
            if (!TryRead(frame, _reader, out _result!, out _error))
            {
                Told(_error!);
            }

            Dispatch(deliveries);
        }

        return true;
    }

    /// <summary>The caller's continuation runs here.</summary>
    public override void Execute()
    {
        if (_error is null)
        {
            _core.SetResult(_result);
        }
        else
        {
            _core.SetException(_error);
        }
    }

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    T IValueTaskSource<T>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            Release();
        }
    }

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => ((IValueTaskSource<T>)this).GetResult(token);

    /// <inheritdoc/>
    protected override void SetError(Exception error) => _error = Told(error);

    /// <inheritdoc/>
    protected override void Dispatch(Deliveries? deliveries)
    {
        if (!_blocks)
        {
            base.Dispatch(deliveries);
            return;
        }

        EndObservation();
        Execute();
        lock (this)
        {
            _isDone = true;
            Monitor.PulseAll(this);
        }
    }

    /// <inheritdoc/>
    protected override void Recycle()
    {
        base.Recycle();
        _core.Reset();
        _reader = null!;
        _result = default!;
        _error = null;
        _blocks = false;
        _isDone = false;
        if (!IsSpent)
        {
            Keep();
        }
    }

    /// <summary>Begins a use.</summary>
    protected void Begin(ReplyReader<T> reader, CommandTraits traits, ClientContext? client)
    {
        Restart(client);
        _reader = reader;
        Traits = traits;
    }

    /// <summary>Keeps it for another use.</summary>
    protected virtual void Keep() => ReuseBin<PendingReply<T>>.Return(this);
}
