using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>A command inside a transaction: its result comes with EXEC's.</summary>
internal abstract class QueuedCommand
{
    /// <summary>The server's word against it when it was queued; null when it was queued.</summary>
    public RedisServerException? Refusal { get; set; }

    /// <summary>Reads its part of EXEC's reply.</summary>
    public abstract void Complete(ref RespReader reply);

    /// <summary>There will be no result.</summary>
    public abstract void Fail(Exception error);
}

/// <summary>One with a result.</summary>
/// <typeparam name="T">What its reply becomes.</typeparam>
internal sealed class QueuedCommand<T>(ReplyReader<T> reader, ClientContext client) : QueuedCommand
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The result to come.</summary>
    public Task<T> Result => _result.Task;

    /// <inheritdoc/>
    public override void Complete(ref RespReader reply)
    {
        if (reply.IsError)
        {
            Fail(RedisServerException.From(reply.Value));
            return;
        }

        try
        {
            _result.TrySetResult(reader(ref reply));
        }
        catch (RedisException e)
        {
            Fail(e);
        }
        catch (Exception e)
        {
            Fail(new RedisReplyException($"The reply could not be read as {typeof(T)}: {e.Message}", e));
        }
    }

    /// <inheritdoc/>
    public override void Fail(Exception error)
    {
        if (_result.TrySetException(client.Told(error)))
        {
            // Nobody has to look at each result: the transaction's own outcome says it all.
            _ = _result.Task.Exception;
        }
    }
}
