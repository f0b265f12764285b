namespace Baton.Protocol.Resp;

/// <summary>Every maximum the scanners enforce. A frame over a limit is an error, never a growing buffer.</summary>
/// <param name="MaxBulkLength">Longest single bulk string in bytes. Default 512 MiB, Redis' <c>proto-max-bulk-len</c>.</param>
/// <param name="MaxArguments">Most arguments in one command. Default 2^31 - 1, Redis' limit.</param>
/// <param name="MaxInlineLength">Longest inline command in bytes. Default 65,536, Redis' limit.</param>
/// <param name="MaxDepth">
/// Deepest nesting of arrays, maps, sets and pushes in a reply. Default 16,384: a script that returns a table which contains itself makes
/// Redis nest some thousand deep, and the link it comes on is shared by clients that have nothing to do with it.
/// </param>
/// <param name="MaxElements">
/// Most elements in one aggregate of a reply. Default 2^31 - 1 (engines are trusted with size, not with depth).
/// </param>
/// <param name="MaxRequestLength">Longest whole command in bytes. Default 2,000,000,000.</param>
public sealed record RespLimits(
    long MaxBulkLength = 512L * 1024 * 1024,
    int MaxArguments = int.MaxValue,
    int MaxInlineLength = 64 * 1024,
    int MaxDepth = 16_384,
    int MaxElements = int.MaxValue,
    long MaxRequestLength = 2_000_000_000)
{
    /// <summary>Most arguments of a command before AUTH, as Redis has it.</summary>
    public const int UnauthenticatedArguments = 10;

    /// <summary>Longest bulk string in bytes before AUTH, as Redis has it.</summary>
    public const int UnauthenticatedBulkLength = 16_384;

    /// <summary>Redis' own limits.</summary>
    public static RespLimits Default { get; } = new();
}
