using System.Buffers;

namespace Baton.Client;

/// <summary>
/// Commands that run together or not at all: MULTI, the commands, EXEC, sent as one block when committed. Commands called on it give results that
/// come with the commit. Not thread-safe; used once.
/// </summary>
public sealed class RedisTransaction : RedisCommands
{
    private readonly Func<PendingTransaction, ReadOnlyMemory<byte>, CancellationToken, Task<bool>> _commit;
    private readonly ClientContext _context;
    private readonly List<QueuedCommand> _commands = [];
    private readonly ArrayBufferWriter<byte> _block = new();
    private bool _isCommitted;

    internal RedisTransaction(ClientContext context, Func<PendingTransaction, ReadOnlyMemory<byte>, CancellationToken, Task<bool>> commit)
    {
        (_context, _commit) = (context, commit);
        _block.Write("*1\r\n$5\r\nMULTI\r\n"u8);
    }

    /// <summary>Commands so far.</summary>
    public int Count => _commands.Count;

    /// <summary>
    /// Executes the transaction. True when it ran; false when a watched key had changed, and nothing ran. Errors of single commands are in their
    /// results.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait; a transaction that was not sent by then is never sent.</param>
    /// <exception cref="RedisServerException">The server refused to queue a command, and nothing ran.</exception>
    /// <exception cref="RedisException">It may have run, or was not sent: see <see cref="RedisException.Outcome"/>.</exception>
    /// <exception cref="InvalidOperationException">It was committed before.</exception>
    public Task<bool> CommitAsync(CancellationToken cancellationToken = default)
    {
        if (_isCommitted)
        {
            throw new InvalidOperationException("A transaction is committed once: create another one.");
        }

        _isCommitted = true;
        if (_commands.Count == 0)
        {
            return Task.FromResult(true);
        }

        _block.Write("*1\r\n$4\r\nEXEC\r\n"u8);
        var transaction = new PendingTransaction(_commands, _context);
        if (CommandObserver.IsNeeded)
        {
            _context.Observer.Begin(transaction, "MULTI");
        }

        return _commit(transaction, _block.WrittenMemory, cancellationToken);
    }

    /// <inheritdoc/>
    private protected override bool SendsScriptsInFull => true;

    /// <inheritdoc/>
    internal override ValueTask<T> SendAsync<T>(ref CommandWriter command, ReplyReader<T> reader, CancellationToken cancellationToken)
    {
        if (_isCommitted)
        {
            throw new InvalidOperationException("The transaction is committed: create another one.");
        }

        if ((command.Traits & (CommandTraits.PubSub | CommandTraits.Transaction | CommandTraits.Session)) != 0)
        {
            throw SessionCommands.Refusal(ref command);
        }

        _block.Write(command.Finish().Span);
        command.Return();
        var queued = new QueuedCommand<T>(reader, _context);
        _commands.Add(queued);
        return new ValueTask<T>(queued.Result);
    }
}
