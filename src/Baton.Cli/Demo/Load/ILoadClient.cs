using Baton.Cli.Demo.Raw;

namespace Baton.Cli.Demo.Load;

/// <summary>A client the load runs on. One caller at a time, except where an implementation says otherwise.</summary>
internal interface ILoadClient : IAsyncDisposable
{
    /// <summary>Where its commands are counted.</summary>
    ClientStatistics Row { get; }

    /// <summary>
    /// Sends commands in one go and waits for all replies, error replies included. Measures each unless <paramref name="measured"/> is
    /// false (blocking commands).
    /// </summary>
    /// <exception cref="LoadFailedException">The connection or the client failed: what was executed is not known.</exception>
    Task<RawReply[]> ExecuteAsync(IReadOnlyList<string[]> commands, bool measured, CancellationToken cancellationToken);
}
