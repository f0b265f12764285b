namespace Baton.Cli.Demo;

/// <summary>The parts of a run.</summary>
internal static class DemoStages
{
    /// <summary>Load, nothing measured yet.</summary>
    public const string WarmUp = "warm-up";

    /// <summary>Load, no operations.</summary>
    public const string Baseline = "quiet";

    /// <summary>Load and operations.</summary>
    public const string Operations = "operations";

    /// <summary>The load has ended; the database is compared with the models.</summary>
    public const string ReadBack = "read-back";
}
