namespace Baton.Client;

/// <summary>The caller's token ended the wait. Says whether the command had been sent by then.</summary>
public sealed class RedisCanceledException : OperationCanceledException
{
    internal RedisCanceledException(CommandOutcome outcome, CancellationToken token)
        : base(
            outcome == CommandOutcome.NotSent
                ? "The command was cancelled before it was sent, and is not sent."
                : "The wait for the command's reply was cancelled; the server may have run the command.",
            token) => Outcome = outcome;

    /// <summary><see cref="CommandOutcome.NotSent"/> or <see cref="CommandOutcome.MayHaveRun"/>.</summary>
    public CommandOutcome Outcome { get; }
}
