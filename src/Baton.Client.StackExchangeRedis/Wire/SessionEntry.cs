namespace Baton.Client.StackExchangeRedis;

/// <summary>A command that a connection was told and the next one must be told, too.</summary>
/// <param name="Key">What it sets; a later command with the same key takes its place.</param>
/// <param name="Arguments">The command.</param>
/// <param name="Version">The session's version when it was told.</param>
internal sealed record SessionEntry(string Key, byte[][] Arguments, int Version);
