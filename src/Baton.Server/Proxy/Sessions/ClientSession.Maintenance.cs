using Baton.Protocol.Maintenance;
using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy.Sessions;

/// <content>The opt-in and the pushes it brings. Opted-in connections stay quiet while the cluster's feature is off, and hear again when it is on.</content>
internal sealed partial class ClientSession
{
    private OutputBuffer? _pushFrame;

    /// <summary>Opts in (the form MOVING shall have) or out (null).</summary>
    public void SetOptIn(MovingEndpointType? wish)
    {
        if (State.OptIn is null != wish is null)
        {
            Loop.OptedIn += wish is null ? -1 : 1;
        }

        State.OptIn = wish;
    }

    /// <summary>The late joiner's share: every open window that concerns this connection, directly behind its <c>+OK</c>.</summary>
    public void PushOpenWindows()
    {
        foreach (MaintenanceWindow window in Database.Windows)
        {
            if (window.NodeUid is null || window.NodeUid == NodeUid)
            {
                TryNotify(window.Opener, Loop.Plane.SecondsUntil(window.Deadline));
            }
        }
    }

    /// <summary>Pushes a notification if the connection asked for it and the feature is on; true when it was sent.</summary>
    public bool TryNotify(MaintenanceNotification notification, int seconds)
    {
        if (State.OptIn is not { } type || _ended || (_wait & SessionWait.Ending) != 0 || !Loop.Snapshot.MaintenanceNotifications)
        {
            return false;
        }

        _pushFrame ??= new OutputBuffer(static _ => { });
        MaintenanceNotificationWriter.Write(_pushFrame, notification, seconds, type);
        Push(_pushFrame.Pending);
        _pushFrame.Release();
        Loop.Notifications++;
        return true;
    }
}
