namespace Baton.Client;

/// <summary>The result of a command in a transaction that was not executed because a watched key had changed (or the watch was lost). Nothing ran.</summary>
public sealed class RedisTransactionAbortedException : RedisException
{
    internal RedisTransactionAbortedException()
        : base("The transaction was not executed: a watched key has changed. Read again and try again.", CommandOutcome.Refused) => IsSafeToRepeat = true;
}
