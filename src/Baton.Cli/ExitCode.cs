namespace Baton.Cli;

/// <summary>What the program's end means.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>
    /// Refused, failed, or not reachable; stderr says why. Also System.CommandLine's code for a command line it cannot read.
    /// </summary>
    public const int Failed = 1;
}
