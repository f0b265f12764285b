using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>
/// MULTI, commands, EXEC on their way as one block, which is never split over connections and never sent twice.
/// <code>
/// *1 $5 MULTI       +OK
/// SET k v           +QUEUED, or an error: EXEC will answer EXECABORT
/// *1 $4 EXEC        *N results, null when a watched key changed, or an error
/// </code>
/// </summary>
internal sealed class PendingTransaction : PendingCommand
{
    private readonly IReadOnlyList<QueuedCommand> _commands;
    private readonly TaskCompletionSource<bool> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _replies;
    private bool _isCommitted;
    private Exception? _error;

    public PendingTransaction(IReadOnlyList<QueuedCommand> commands, ClientContext client)
    {
        _commands = commands;
        Restart(client);
    }

    /// <inheritdoc/>
    public override Exception? Error => _error;

    /// <summary>True when it was executed, false when a watched key had changed.</summary>
    public Task<bool> Outcome => _outcome.Task;

    /// <inheritdoc/>
    public override bool OnReply(ReadOnlySpan<byte> frame, Deliveries? deliveries)
    {
        var index = _replies++;
        var reply = new RespReader(frame);
        reply.Read();
        if (index <= _commands.Count)
        {
            if (reply.IsError)
            {
                OnRefused(index, (RedisServerException)Told(RedisServerException.From(reply.Value)));
            }

            return false;
        }

        if (TryClaim())
        {
            OnExec(ref reply);
            Dispatch(deliveries);
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Execute()
    {
        if (_error is not null)
        {
            _outcome.TrySetException(_error);
        }
        else
        {
            _outcome.TrySetResult(_isCommitted);
        }

        Release();
    }

    /// <inheritdoc/>
    protected override void SetError(Exception error)
    {
        _error = Told(error);
        foreach (var command in _commands)
        {
            command.Fail(error);
        }
    }

    private void OnRefused(int index, RedisServerException refusal)
    {
        if (index == 0)
        {
            _error = refusal;
        }
        else
        {
            _commands[index - 1].Refusal = refusal;
        }
    }

    private void OnExec(ref RespReader reply)
    {
        if (_error is not null || reply.IsError)
        {
            var error = Told(_error ?? RedisServerException.From(reply.Value));
            _error = error;
            foreach (var command in _commands)
            {
                command.Fail(command.Refusal ?? error);
            }
        }
        else if (reply.IsNull)
        {
            SetAborted();
        }
        else
        {
            _isCommitted = true;
            foreach (var command in _commands)
            {
                CompleteOne(command, ref reply);
            }
        }
    }

    /// <summary>A reader that stops short of its reply's end must not shift the others: each starts where its reply does.</summary>
    private static void CompleteOne(QueuedCommand command, ref RespReader reply)
    {
        reply.Read();
        var own = reply;
        reply.SkipChildren();
        command.Complete(ref own);
    }

    private void SetAborted()
    {
        var aborted = Told(new RedisTransactionAbortedException());
        foreach (var command in _commands)
        {
            command.Fail(aborted);
        }
    }
}
