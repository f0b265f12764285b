namespace Baton.Cli.Bench.Clients;

/// <summary>A client library on one connection. Each has its own loops, so that nothing stands between it and its caller.</summary>
internal interface IMeasuredClient : IAsyncDisposable
{
    /// <summary>What it can do: of <see cref="ClientTest"/>.</summary>
    IReadOnlyList<string> Tests { get; }

    /// <summary>Repeats a command until the caller is to stop.</summary>
    /// <exception cref="BenchException">The library did not return what it must.</exception>
    Task CallAsync(string test, CallerFigures caller);
}
