using System.Buffers;

namespace Baton.Client;

/// <summary>
/// Commands that are gathered and sent together, next to each other, in one go. (Commands that are started without awaiting each one travel together
/// anyway; a pipeline says when.) Each gives its own result or error. Not thread-safe; used again after <see cref="SendAsync(CancellationToken)"/>.
/// </summary>
public sealed class RedisPipeline : RedisCommands
{
    private readonly ClientContext _context;
    private readonly Outbox _outbox;
    private readonly List<(PendingCommand Command, int Length)> _commands = [];
    private readonly List<Task> _results = [];
    private readonly ArrayBufferWriter<byte> _bytes = new();

    internal RedisPipeline(ClientContext context, Outbox outbox) => (_context, _outbox) = (context, outbox);

    /// <summary>Commands gathered.</summary>
    public int Count => _commands.Count;

    /// <summary>Sends what was gathered; completes when every command has its result or error, and throws none of them.</summary>
    /// <param name="cancellationToken">Ends this wait, not the commands.</param>
    public Task SendAsync(CancellationToken cancellationToken = default)
    {
        _outbox.AppendAll(_commands, _bytes.WrittenSpan);
        var all = Task.WhenAll(_results).ContinueWith(
            static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _commands.Clear();
        _results.Clear();
        _bytes.ResetWrittenCount();
        return all.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    private protected override bool SendsScriptsInFull => true;

    /// <inheritdoc/>
    internal override ValueTask<T> SendAsync<T>(ref CommandWriter command, ReplyReader<T> reader, CancellationToken cancellationToken)
    {
        const CommandTraits NotHere = CommandTraits.PubSub | CommandTraits.Transaction | CommandTraits.Session | CommandTraits.Blocking;
        if ((command.Traits & NotHere) != 0)
        {
            throw SessionCommands.Refusal(ref command);
        }

        var frame = command.Finish();
        var pending = PendingReply<T>.Rent(reader, command.Traits, _context);
        var result = new ValueTask<T>(pending, pending.Version).AsTask();
        pending.CancelWith(_outbox, cancellationToken);
        if (CommandObserver.IsNeeded)
        {
            _context.Observer.Begin(pending, ref command);
        }

        _bytes.Write(frame.Span);
        _commands.Add((pending, frame.Length));
        _results.Add(result);
        command.Return();
        return new ValueTask<T>(result);
    }
}
