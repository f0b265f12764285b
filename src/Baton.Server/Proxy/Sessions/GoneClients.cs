using Baton.Protocol.Commands;
using Baton.Server.Engines;
using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// A write to a key somebody waits for stands back until the engine has let go those whose client has gone: they would get what is pushed. At most for
/// <see cref="LimitMs"/>, for an engine that does not answer must not be waited for twice. Belongs to its session's loop.
/// </summary>
internal sealed class GoneClients(ClientSession session)
{
    /// <summary>Longest time a write stands back.</summary>
    private const int LimitMs = 200;

    private readonly List<BlockedOnEngine> _gone = [];
    private IDisposable? _limit;
    private int _open;
    private bool _waitedLongEnough;

    /// <summary>True: the command is looked at again once they are let go.</summary>
    public bool MustWaitFor(CommandFrame command)
    {
        if (HasWaitedLongEnough())
        {
            return false;
        }

        Span<int> indexes = stackalloc int[16];
        int count = command.FindKeys(indexes);
        for (int i = 0; i < Math.Min(count, indexes.Length); i++)
        {
            session.Database.AllLoops.EngineWaiters.FindGone(
                new DatabaseKey(session.State.Database, command[indexes[i]].ToArray()), command.Count, _gone);
        }

        if (count == 0 && command.Entry.Info.Is(CommandFlags.Script))
        {
            session.Database.AllLoops.EngineWaiters.FindGone(_gone);
        }

        return WaitForThem();
    }

    /// <summary>The same for what EXEC is about to send.</summary>
    public bool MustWaitFor(Transaction transaction)
    {
        if (HasWaitedLongEnough())
        {
            return false;
        }

        NamedKeys written = transaction.NamedKeys(session.State.Database);
        foreach (DatabaseKey key in written.Keys)
        {
            session.Database.AllLoops.EngineWaiters.FindGone(key, int.MaxValue, _gone);
        }

        if (written.UnknownBy is not null)
        {
            session.Database.AllLoops.EngineWaiters.FindGone(_gone);
        }

        return WaitForThem();
    }

    private bool HasWaitedLongEnough()
    {
        bool hasWaited = _waitedLongEnough;
        _waitedLongEnough = false;
        return hasWaited;
    }

    private bool WaitForThem()
    {
        if (_gone.Count == 0)
        {
            return false;
        }

        _open = _gone.Count;
        _gone.ForEach(call => call.WhenLeft(session.Loop, OnLeft));
        _gone.Clear();
        _limit = session.Loop.Io.At(session.Loop.Io.NowMs + LimitMs, () =>
        {
            _waitedLongEnough = true;
            GoOn();
        });
        return true;
    }

    private void OnLeft()
    {
        if (--_open == 0 && _limit is not null)
        {
            GoOn();
        }
    }

    private void GoOn()
    {
        _limit?.Dispose();
        _limit = null;
        if (!session.HasEnded)
        {
            session.Resume(SessionWait.Gone);
        }
    }
}
