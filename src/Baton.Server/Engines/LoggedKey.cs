namespace Baton.Server.Engines;

/// <summary>A key found in an engine's log.</summary>
/// <param name="Key">Its bytes.</param>
/// <param name="Read">Bytes of the log that have been read.</param>
/// <param name="Size">Bytes that are read in all.</param>
public readonly record struct LoggedKey(byte[] Key, long Read, long Size);
