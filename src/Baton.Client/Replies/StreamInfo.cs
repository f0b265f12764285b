namespace Baton.Client;

/// <summary>A stream, as XINFO STREAM tells.</summary>
/// <param name="Length">How many entries.</param>
/// <param name="Groups">How many consumer groups.</param>
/// <param name="LastGeneratedId">The highest id given.</param>
/// <param name="EntriesAdded">How many were ever added; null before Redis 7.</param>
/// <param name="First">The first entry; null when there is none.</param>
/// <param name="Last">The last entry; null when there is none.</param>
public sealed record StreamInfo(
    long Length, long Groups, string LastGeneratedId, long? EntriesAdded, StreamEntry? First, StreamEntry? Last);
