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
}
