namespace Baton.Server.Proxy.Sessions;

/// <summary>The keys a blocking command names.</summary>
/// <param name="Keys">The keys.</param>
/// <param name="AreWritten">It takes what comes (BLPOP), so that it matters who waited first; else it only looks (XREAD).</param>
internal sealed record BlockedKeys(IReadOnlyList<byte[]> Keys, bool AreWritten)
{
    /// <summary>It waits for something else (WAIT).</summary>
    public static BlockedKeys None { get; } = new([], AreWritten: false);
}
