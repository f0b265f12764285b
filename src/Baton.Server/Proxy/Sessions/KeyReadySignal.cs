using Baton.Server.Engines;
using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// Tells calls that wait in the proxy (<see cref="BlockedInProxy"/>) that one of their keys was written: a PING goes right behind the
/// write on the same
/// connection, and when it is answered the write has been executed. Belongs to its loop's thread.
/// </summary>
internal static class KeyReadySignal
{
    private static ReadOnlySpan<byte> Ping => "*1\r\n$4\r\nPING\r\n"u8;

    /// <summary>After a command has been sent: wakes who waits for its keys, once it has been executed.</summary>
    public static void Behind(ClientSession session, LoopShard shard, CommandFrame command)
    {
        if (!command.Entry.IsWrite && !command.Entry.Info.Is(Baton.Protocol.Commands.CommandFlags.Script))
        {
            return;
        }

        ProxyWaiters waiters = session.Database.AllLoops.ProxyWaiters;
        Span<int> indexes = stackalloc int[16];
        int count = command.FindKeys(indexes);
        if (count <= 0 || count > indexes.Length || command.Entry.Info.Name is "MOVE" or "COPY")
        {
            // Which keys it writes is not known here; a look too many does no harm.
            session.SendBehind(shard, Ping, new FrameSink((_, _) => waiters.WakeAll()));
            return;
        }

        for (int i = 0; i < count; i++)
        {
            DatabaseKey key = new(session.State.Database, command[indexes[i]].ToArray());
            if (waiters.IsWaited(key))
            {
                session.SendBehind(shard, Ping, new FrameSink((_, _) => waiters.Wake(key)));
            }
        }
    }

    /// <summary>After a transaction has been sent.</summary>
    public static void BehindTransaction(ClientSession session, LoopShard shard)
    {
        ProxyWaiters waiters = session.Database.AllLoops.ProxyWaiters;
        session.SendBehind(shard, Ping, new FrameSink((_, _) => waiters.WakeAll()));
    }
}
