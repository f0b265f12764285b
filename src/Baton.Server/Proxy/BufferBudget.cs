using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy;

/// <summary>
/// What all connections may keep in memory together. From half of it on nobody may write far ahead; over it the connection that keeps most is closed.
/// Thread-safe.
/// </summary>
internal sealed class BufferBudget
{
    /// <summary>Pause between two connections that are closed: the memory of the first must have been given back.</summary>
    private const int ShedPauseMs = 100;

    private readonly long _limit;
    private int _shedding;

    /// <param name="limit"><c>MaxBufferedBytes</c>; 0: half of the memory there is.</param>
    public BufferBudget(long limit) => _limit = limit > 0 ? limit : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>Half of it is used: who waits may not write ahead any further.</summary>
    public bool IsTight => SystemBlock.Total > _limit / 2;

    /// <summary>Called by who keeps much: when everyone together keeps too much, whoever keeps most is closed.</summary>
    public void Check(ProxyLoop loop)
    {
        if (SystemBlock.Total <= _limit || Interlocked.Exchange(ref _shedding, 1) != 0)
        {
            return;
        }

        LoopQuery.Start(loop, Largest, answers =>
        {
            ClientSession? most = answers.OrderByDescending(static answer => answer.Bytes).First().Session;
            most?.Loop.Io.Post(() => most.CloseNow(CloseReason.BuffersFull));
            loop.Io.At(loop.Io.NowMs + ShedPauseMs, () => Volatile.Write(ref _shedding, 0));
        });
    }

    private static (ClientSession? Session, long Bytes) Largest(ProxyLoop loop)
    {
        (ClientSession? Session, long Bytes) most = default;
        foreach (LoopDatabase database in loop.Databases.Values)
        {
            foreach (ClientSession session in database.Sessions.Values)
            {
                most = session.HeldBytes > most.Bytes ? (session, session.HeldBytes) : most;
            }
        }

        return most;
    }
}
