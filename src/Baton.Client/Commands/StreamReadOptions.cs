namespace Baton.Client;

/// <summary>How a stream is read on and on.</summary>
public sealed record StreamReadOptions
{
    /// <summary>At most so many entries per request. Default: 100.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>How long one request waits on the server for the next entry; then it is asked again. Default: 5 s.</summary>
    public TimeSpan Block { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// For groups: makes a missing group (and stream), which reads what comes after this id. Default: null, they must be there.
    /// </summary>
    public string? CreateGroupAfter { get; init; }

    /// <summary>For groups: first takes over what has been pending with any consumer for so long. Default: null, nothing.</summary>
    public TimeSpan? ClaimIdle { get; init; }

    /// <summary>
    /// For groups: acknowledges an entry when the loop asks for the next one. Default: no, the loop calls <see cref="GroupEntry.AckAsync"/>.
    /// </summary>
    public bool AckOnNext { get; init; }
}
