using Baton.Protocol.Maintenance;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy;

/// <summary>
/// Lets the blocking commands of opted-in clients go a second before the end of their connection's announced time, with the reply of a timeout: a client
/// that answers everything before it connects elsewhere would otherwise still wait in them when it is cut off.
/// <code>
/// told 15 s           blocked commands answered      cut
/// |-------------------------------|-----------------|
/// 0                              14                15 s     (told less than a second and a bit: at once)
/// </code>
/// Others keep waiting until the end, as they do on a plain server. Belongs to its loop's thread.
/// </summary>
internal static class EarlyRelease
{
    /// <summary>So long before the end of a connection's time its blocking command is answered.</summary>
    internal const int BeforeEndMs = 1000;

    /// <summary>Pause between two looks, while the window is open: whoever came late has a later end.</summary>
    private const int RecheckMs = 100;

    /// <summary>Waits for the time; a window that is closed before ends it.</summary>
    public static void Arm(ProxyLoop loop, LoopDatabase database, MaintenanceWindow window)
    {
        if (window.Opener is Moving && window.NodeUid is { } nodeUid)
        {
            TimeSpan left = window.Deadline - loop.Plane.Time.GetUtcNow();
            loop.Io.At(loop.Io.NowMs + Math.Max(0, (long)left.TotalMilliseconds - BeforeEndMs), () => Look(loop, database, window, nodeUid));
        }
    }

    private static void Look(ProxyLoop loop, LoopDatabase database, MaintenanceWindow window, int nodeUid)
    {
        if (!database.Windows.Contains(window))
        {
            return;
        }

        long nowMs = loop.Io.NowMs;
        ClientSession[] due = [.. database.Sessions.Values.Where(session => session.IsBlocked && session.NodeUid == nodeUid
            && session.State.OptIn is not null && session.PromisedUntilMs > 0 && nowMs >= session.PromisedUntilMs - BeforeEndMs)];
        foreach (ClientSession session in due)
        {
            session.LetBlockedGo();
        }

        loop.Io.At(nowMs + RecheckMs, () => Look(loop, database, window, nodeUid));
    }
}
