using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>Asks every loop a question and brings the answers back to one of them.</summary>
internal static class LoopQuery
{
    /// <summary>
    /// Runs <paramref name="ask"/> on each loop; <paramref name="done"/> runs on <paramref name="home"/> with all answers, in loop
    /// order.
    /// </summary>
    public static void Start<T>(ProxyLoop home, Func<ProxyLoop, T> ask, Action<T[]> done)
    {
        IReadOnlyList<ProxyLoop> loops = home.Plane.Loops;
        T[] answers = new T[loops.Count];
        int open = loops.Count;
        for (int i = 0; i < loops.Count; i++)
        {
            int index = i;
            loops[i].Io.Post(() =>
            {
                answers[index] = ask(loops[index]);
                if (Interlocked.Decrement(ref open) == 0)
                {
                    home.Io.Post(() => done(answers));
                }
            });
        }
    }

    /// <summary>
    /// Shows every connection of a database on every loop to <paramref name="visit"/>, a slice of them per turn so that nobody waits for ten thousand;
    /// <paramref name="done"/> runs on <paramref name="home"/> with what each loop has gathered, in loop order.
    /// </summary>
    public static void OverSessions<T>(ProxyLoop home, int databaseUid, Action<T, ClientSession> visit, Action<T[]> done)
        where T : new()
    {
        IReadOnlyList<ProxyLoop> loops = home.Plane.Loops;
        T[] answers = [.. loops.Select(static _ => new T())];
        int open = loops.Count;
        for (int i = 0; i < loops.Count; i++)
        {
            ProxyLoop loop = loops[i];
            T answer = answers[i];
            ClientSession[] sessions = [];
            int next = 0;
            loop.Io.Post(() =>
            {
                sessions = loop.Databases.TryGetValue(databaseUid, out LoopDatabase? found) ? [.. found.Sessions.Values] : [];
                Slice();
            });

            void Slice()
            {
                for (int end = Math.Min(sessions.Length, next + DataPlane.FanOutSlice); next < end; next++)
                {
                    if (!sessions[next].HasEnded)
                    {
                        visit(answer, sessions[next]);
                    }
                }

                if (next < sessions.Length)
                {
                    loop.Io.Post(Slice);
                }
                else if (Interlocked.Decrement(ref open) == 0)
                {
                    home.Io.Post(() => done(answers));
                }
            }
        }
    }
}
