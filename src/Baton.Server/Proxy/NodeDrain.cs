using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy;

/// <summary>
/// Ends one loop's connections of a listener: each has the time it was told of, what is in flight is answered, then it is closed; at the limit,
/// whatever is left.
/// </summary>
internal static class NodeDrain
{
    /// <summary>Pause between two looks at who is left.</summary>
    private const int RecheckMs = 10;

    /// <summary>Longest a connection is served beyond the time at which its listener was closed, because it was told so.</summary>
    private const int LongestOverrunMs = 3000;

    /// <summary>Starts; <paramref name="done"/> when the last one is closed.</summary>
    public static void Start(ProxyLoop loop, int databaseUid, int nodeUid, CloseReason reason, TimeSpan limit, Action done)
    {
        if (!loop.Databases.TryGetValue(databaseUid, out LoopDatabase? database))
        {
            done();
            return;
        }

        // Who was told of more time than is left has it: the seconds are whole ones, and the last was told after the first. Nobody new comes,
        // and who was told once is not told again, so that this is a second or so; LongestOverrunMs bounds it whatever happens.
        long startMs = loop.Io.NowMs;
        long DueMs(ClientSession session) => Math.Min(session.PromisedUntilMs, startMs + LongestOverrunMs);

        void Look()
        {
            ClientSession[] left = Of(database, nodeUid);
            if (left.Length == 0)
            {
                done();
                return;
            }

            long nowMs = loop.Io.NowMs;
            foreach (ClientSession session in left.Where(session => nowMs >= DueMs(session)))
            {
                session.End(reason);
                if (nowMs >= Math.Max(startMs, DueMs(session)) + (long)limit.TotalMilliseconds)
                {
                    session.CloseNow(reason);
                }
            }

            loop.Io.At(nowMs + RecheckMs, Look);
        }

        Look();
    }

    private static ClientSession[] Of(LoopDatabase database, int nodeUid) =>
        [.. database.Sessions.Values.Where(session => session.NodeUid == nodeUid)];
}
