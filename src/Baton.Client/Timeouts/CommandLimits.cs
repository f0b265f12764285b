namespace Baton.Client;

/// <summary>
/// The limits of waiting at one heartbeat. Nothing is armed when a command is sent: its limit is computed here, from its start and the
/// maintenance of the moment, so that an announcement also reaches commands that wait already.
/// </summary>
/// <param name="NowMs">The heartbeat's time.</param>
/// <param name="CommandMs">The configured limit; <see cref="long.MaxValue"/> for none.</param>
/// <param name="RelaxedMs">The limit of commands that have seen a maintenance; never shorter than the configured one.</param>
/// <param name="RelaxedForMs">Commands that began at or before this moment have seen one; -1 when there was none.</param>
/// <param name="Maintenance">What is under way.</param>
internal readonly record struct CommandLimits(long NowMs, long CommandMs, long RelaxedMs, long RelaxedForMs, MaintenanceKind? Maintenance)
{
    /// <summary>Why there is no connection to send on; null when there is one.</summary>
    public string? NotConnected { get; init; }

    /// <summary>A start is stamped up to this much too early: nobody is cut short by it.</summary>
    private static readonly long StampErrorMs = (long)Heartbeat.Period.TotalMilliseconds;

    /// <summary>
    /// How long a connection that owes answers may send nothing: twice the limit of its commands, so that whoever waits has been told once. A
    /// command that has seen a maintenance may still wait when that is over.
    /// </summary>
    public long SilenceMs
    {
        get
        {
            var limit = RelaxedForMs >= 0 && NowMs - RelaxedForMs <= (RelaxedMs == long.MaxValue ? CommandMs : RelaxedMs) ? RelaxedMs : CommandMs;
            return limit > long.MaxValue / 2 ? long.MaxValue : 2 * limit;
        }
    }

    /// <summary>True when the command has waited too long.</summary>
    public bool IsOver(PendingCommand command)
    {
        var limit = LimitOf(command);
        if (limit == long.MaxValue)
        {
            // Relaxed without a limit means until the maintenance is over, and then as usual.
            return command.OwnLimitMs == 0 && IsRelaxed(command) && CommandMs != long.MaxValue && NowMs - RelaxedForMs > CommandMs + StampErrorMs;
        }

        return NowMs - command.StartedMs > limit + StampErrorMs;
    }

    /// <summary>The error of a command that has.</summary>
    public RedisTimeoutException Describe(PendingCommand command, CommandOutcome outcome)
    {
        var reason = command.OwnLimitMs > 0 ? TimeoutReason.BlockingCommand
            : IsRelaxed(command) ? TimeoutReason.RelaxedCommand
            : TimeoutReason.Command;
        ClientMetrics.TimedOut(reason);
        string detail = outcome == CommandOutcome.MayHaveRun ? "it had been sent"
            : NotConnected is null ? "it was not sent"
            : $"it was not sent: {NotConnected}";
        return new RedisTimeoutException(reason, Limit(command), outcome, detail)
        {
            Maintenance = Maintenance,
            IsSafeToRepeat = outcome == CommandOutcome.NotSent || (command.Traits & CommandTraits.ReadOnly) != 0,
        };
    }

    /// <summary>For texts: without a relaxed limit it was the usual one, counted from the maintenance's end.</summary>
    private TimeSpan Limit(PendingCommand command) =>
        TimeSpan.FromMilliseconds(LimitOf(command) is var limit && limit == long.MaxValue ? CommandMs : limit);

    private bool IsRelaxed(PendingCommand command) => command.StartedMs <= RelaxedForMs;

    private long LimitOf(PendingCommand command) =>
        command.OwnLimitMs == 0 ? IsRelaxed(command) ? RelaxedMs : CommandMs
        : IsRelaxed(command) ? Math.Max(command.OwnLimitMs, command.OwnRelaxedLimitMs)
        : command.OwnLimitMs;
}
