namespace Baton.Client;

/// <summary>No connection could be made; the message names every address that was tried and what came of it.</summary>
public sealed class RedisConnectFailedException : RedisConnectionException
{
    internal RedisConnectFailedException(ConnectFailedReason reason, string message, Exception? inner)
        : base(CloseReason.ConnectFailed, message, CommandOutcome.NotSent, inner)
    {
        FailedReason = reason;
        IsSafeToRepeat = true;
    }

    /// <summary>What stood in the way, of the last address tried.</summary>
    public ConnectFailedReason FailedReason { get; }
}
