namespace Baton.Cli.Demo.Operations;

/// <summary>One kind of planned change.</summary>
/// <param name="Name">As in the report.</param>
/// <param name="StartAsync">Asks for it; gives the action's uid, or null when it was over at once.</param>
internal sealed record DemoOperation(string Name, Func<DemoDatabase, CancellationToken, Task<string?>> StartAsync)
{
    /// <summary>Not null: the engine cannot do it, and the cluster has to refuse it; this is why.</summary>
    public string? UnsupportedBecause { get; init; }

    /// <summary>What the demo does when it is over.</summary>
    public Func<DemoDatabase, CancellationToken, Task>? AfterAsync { get; init; }
}
