namespace Baton.Cli.Demo.Operations;

/// <summary>All runs of one operation. Not thread-safe.</summary>
/// <param name="name">Which.</param>
internal sealed class OperationTotals(string name)
{
    /// <summary>Which.</summary>
    public string Name => name;

    /// <summary>The worst of all runs: failed, else unsupported, else completed.</summary>
    public string Status { get; private set; } = "not run";

    /// <summary>Why it did not complete.</summary>
    public string? Reason { get; private set; }

    /// <summary>The longest hold of all runs.</summary>
    public double? HoldMs { get; private set; }

    /// <summary>How many times.</summary>
    public int Runs { get; private set; }

    /// <summary>The longest run.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>Adds a run.</summary>
    public void Add(OperationOutcome outcome)
    {
        Runs++;
        Longest = outcome.Took > Longest ? outcome.Took : Longest;
        if (outcome.HoldMs is { } hold)
        {
            HoldMs = Math.Max(HoldMs ?? 0, hold);
        }

        if (Severity(outcome.Status) > Severity(Status))
        {
            (Status, Reason) = (outcome.Status, outcome.Reason);
        }
    }

    private static int Severity(string status) => status switch { "failed" => 3, "unsupported" => 2, "completed" => 1, _ => 0 };
}
