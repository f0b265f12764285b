using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy;

/// <summary>
/// Ends one loop's connections of a listener: what is in flight is answered, then each is closed; at the limit, whatever is left.
/// </summary>
internal static class NodeDrain
{
    /// <summary>Pause between two looks at who is left.</summary>
    private const int RecheckMs = 10;

    /// <summary>Starts; <paramref name="done"/> when the last one is closed.</summary>
    public static void Start(ProxyLoop loop, int databaseUid, int nodeUid, CloseReason reason, TimeSpan limit, Action done)
    {
        if (!loop.Databases.TryGetValue(databaseUid, out LoopDatabase? database))
        {
            done();
            return;
        }

        long giveUpMs = loop.Io.NowMs + (long)limit.TotalMilliseconds;
        foreach (ClientSession session in Of(database, nodeUid))
        {
            session.End(reason);
        }

        void Look()
        {
            ClientSession[] left = Of(database, nodeUid);
            if (left.Length == 0)
            {
                done();
                return;
            }

            if (loop.Io.NowMs >= giveUpMs)
            {
                foreach (ClientSession session in left)
                {
                    session.CloseNow(reason);
                }
            }

            loop.Io.At(loop.Io.NowMs + RecheckMs, Look);
        }

        Look();
    }

    private static ClientSession[] Of(LoopDatabase database, int nodeUid) =>
        [.. database.Sessions.Values.Where(session => session.NodeUid == nodeUid)];
}
