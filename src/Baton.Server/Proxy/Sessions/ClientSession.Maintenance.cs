using Baton.Protocol.Maintenance;
using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy.Sessions;

/// <content>The opt-in and the pushes it brings. Opted-in connections stay quiet while the cluster's feature is off, and hear again when it is on.</content>
internal sealed partial class ClientSession
{
    /// <summary>Times by which a promise is counted anew while what tells of it has not been sent yet.</summary>
    private const int PromiseLooks = 3;

    /// <summary>It was told by MOVING that it has until then, on the loop's clock; it is not closed before. 0 = never told.</summary>
    public long PromisedUntilMs { get; private set; }

    /// <summary>Opts in (the form MOVING shall have) or out (null).</summary>
    public void SetOptIn(MovingEndpointType? wish)
    {
        if (State.OptIn is null != wish is null)
        {
            Loop.OptedIn += wish is null ? -1 : 1;
        }

        State.OptIn = wish;
    }

    /// <summary>
    /// The late joiner's share: every open window that concerns this connection, directly behind its <c>+OK</c>. When the time of a MOVING is
    /// over, who was told of it already is not told again, or asking again and again would hold up the end.
    /// </summary>
    public void PushOpenWindows()
    {
        foreach (MaintenanceWindow window in Database.Windows)
        {
            bool isOver = window.Opener is Moving && PromisedUntilMs > 0 && window.Deadline <= Loop.Plane.Time.GetUtcNow();
            if (!isOver && (window.NodeUid is null || window.NodeUid == NodeUid))
            {
                TryNotify(window.Opener, Loop.Plane.SecondsLeft(window.Deadline));
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

        OutputBuffer frame = Loop.PushFrame;
        MaintenanceNotificationWriter.Write(frame, notification, seconds, type);
        Push(frame.Pending);
        frame.Release();
        Loop.Notifications++;
        if (notification is Moving)
        {
            Promise(seconds * 1000L, PromiseLooks);
        }

        return true;
    }

    /// <summary>
    /// The time counts from when the notification has left. That is after this turn, or some turns later where very many are told at once;
    /// what a client does not read is not waited for. The loop's clock drops parts of a millisecond, hence one more.
    /// </summary>
    private void Promise(long milliseconds, int looks)
    {
        PromisedUntilMs = Math.Max(PromisedUntilMs, Loop.Io.NowMs + milliseconds + 1);
        if (looks > 0 && !_ended && (looks == PromiseLooks || _connection.Output.Length > 0))
        {
            Loop.Io.Post(() => Promise(milliseconds, looks - 1));
        }
    }
}
