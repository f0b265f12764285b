namespace Baton.Cli.Bench.Handoff.Rows;

/// <summary>One row of the comparison: a maintenance, played through relays, and what the goals for Baton.Client are.</summary>
/// <param name="Id">Its name.</param>
/// <param name="What">What happens, for people.</param>
/// <param name="ActAsync">Plays it; the load runs before, meanwhile and afterwards.</param>
internal sealed record HandoffRow(string Id, string What, Func<HandoffStage, Task> ActAsync)
{
    /// <summary>What the callers do.</summary>
    public LoadKind Load { get; init; }

    /// <summary>How many callers.</summary>
    public int Callers { get; init; } = 100;

    /// <summary>How many more block a thread.</summary>
    public int BlockingCallers { get; init; }

    /// <summary>Whether they rest between two calls; else they saturate.</summary>
    public bool Rests { get; init; } = true;

    /// <summary>Through the relays.</summary>
    public int RoundTripMs { get; init; }

    /// <summary>The limit of a command; null for the library's own.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The client is given a name instead of an address.</summary>
    public bool ConnectsByName { get; init; }

    /// <summary>The client goes through a tunnel that knows another name for the new place.</summary>
    public bool UsesTunnel { get; init; }

    /// <summary>Commands wait for the announced end as long as the library can be told to.</summary>
    public bool WaitsForEnd { get; init; }

    /// <summary>Says no to the opt-in.</summary>
    public bool RefusesOptIn { get; init; }

    /// <summary>It waits much and does little: all clients play it at the same time, each on relays of its own.</summary>
    public bool IsLong { get; init; }

    /// <summary>Goal: so many commands may fail at most; null where failing is right.</summary>
    public int? MostFailed { get; init; } = 0;

    /// <summary>Goal: the longest time without an answer may be longer than before by this; null where the server itself is silent for longer.</summary>
    public TimeSpan? MostGap { get; init; } = TimeSpan.Zero;

    /// <summary>Goals for the row's own figures; names that end with <c>Ms</c> are times.</summary>
    public IReadOnlyDictionary<string, double> MostFigures { get; init; } = new Dictionary<string, double>();
}
