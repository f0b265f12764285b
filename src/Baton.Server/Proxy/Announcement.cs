using Baton.Protocol.Maintenance;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy;

/// <summary>Tells one loop's opted-in connections that a maintenance window opens or closes, a slice of them per turn.</summary>
internal static class Announcement
{
    /// <summary>Notes the window, then tells everyone it concerns; later opt-ins are told by the session itself.</summary>
    public static void Open(ProxyLoop loop, MaintenanceWindow window, Action<int> done)
    {
        if (!loop.Databases.TryGetValue(window.DatabaseUid, out LoopDatabase? database))
        {
            done(0);
            return;
        }

        database.Windows.Add(window);
        EarlyRelease.Arm(loop, database, window);
        Tell(loop, database, window.NodeUid, window.Opener, loop.Plane.SecondsAnnounced(window.Deadline), done);
    }

    /// <summary>Forgets the window, then tells everyone who is opted in; without a closer nobody is told.</summary>
    public static void Close(ProxyLoop loop, int databaseUid, long openerSequence, MaintenanceNotification? closer, Action<int> done)
    {
        if (!loop.Databases.TryGetValue(databaseUid, out LoopDatabase? database))
        {
            done(0);
            return;
        }

        database.Windows.RemoveAll(window => window.Opener.Sequence == openerSequence);
        if (closer is null)
        {
            done(0);
            return;
        }

        Tell(loop, database, null, closer, 1, done);
    }

    private static void Tell(
        ProxyLoop loop, LoopDatabase database, int? nodeUid, MaintenanceNotification notification, int seconds, Action<int> done)
    {
        // Who opts in from now on is told behind its +OK; so the list is fixed here, and nobody is told twice.
        List<ClientSession> sessions = [];
        foreach (ClientSession session in database.Sessions.Values)
        {
            if (session.State.OptIn is not null && (nodeUid is null || session.NodeUid == nodeUid))
            {
                sessions.Add(session);
            }
        }

        int told = 0;
        int next = 0;
        void Slice()
        {
            int end = Math.Min(sessions.Count, next + DataPlane.FanOutSlice);
            for (; next < end; next++)
            {
                told += sessions[next].TryNotify(notification, seconds) ? 1 : 0;
            }

            if (next < sessions.Count)
            {
                loop.Io.Post(Slice);
            }
            else
            {
                done(told);
            }
        }

        Slice();
    }
}
