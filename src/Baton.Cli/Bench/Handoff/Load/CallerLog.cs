namespace Baton.Cli.Bench.Handoff.Load;

/// <summary>What one caller saw: when each of its calls began and ended, and which failed. Written by its caller alone, read when that has stopped.</summary>
/// <param name="kind">What the caller does.</param>
/// <param name="isBlocking">Whether it blocks a thread.</param>
internal sealed class CallerLog(string kind, bool isBlocking)
{
    private readonly List<(long Began, long Ended)> _answered = [];
    private readonly List<(long Began, long Ended, Exception Cause)> _failed = [];

    /// <summary>What the caller does.</summary>
    public string Kind => kind;

    /// <summary>Whether it blocks a thread.</summary>
    public bool IsBlocking => isBlocking;

    /// <summary>Calls that were answered.</summary>
    public IReadOnlyList<(long Began, long Ended)> Answered => _answered;

    /// <summary>Calls that threw.</summary>
    public IReadOnlyList<(long Began, long Ended, Exception Cause)> Failed => _failed;

    /// <summary>A call was answered.</summary>
    public void Answer(long began, long ended) => _answered.Add((began, ended));

    /// <summary>A call threw.</summary>
    public void Fail(long began, long ended, Exception cause) => _failed.Add((began, ended, cause));
}
