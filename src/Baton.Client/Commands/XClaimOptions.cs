namespace Baton.Client;

/// <summary>What XCLAIM changes of the entries it claims.</summary>
/// <param name="Idle">How long it counts as idle. Default: not at all.</param>
/// <param name="RetryCount">How often it counts as delivered. Default: once more.</param>
/// <param name="Force">Whether entries that are not pending become so. Default: no.</param>
public readonly record struct XClaimOptions(TimeSpan? Idle = null, long? RetryCount = null, bool Force = false)
{
    internal void WriteTo(ref CommandWriter command)
    {
        command.AddIf("IDLE"u8, (long?)Idle?.TotalMilliseconds);
        command.AddIf("RETRYCOUNT"u8, RetryCount);
        command.AddIf(Force, "FORCE"u8);
    }
}
