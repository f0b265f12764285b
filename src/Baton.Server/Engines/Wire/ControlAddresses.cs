using System.Collections.Concurrent;
using System.Net;

namespace Baton.Server.Engines.Wire;

/// <summary>
/// From where this process asks engines for itself: their sizes, their state, the keys it copies. An engine's MONITOR shows these connections beside
/// clients', by address alone, and they are none of a client's business. Thread-safe; as many as there are control connections.
/// </summary>
internal static class ControlAddresses
{
    /// <summary>Longest time between a command and its line in MONITOR; a port is not used again sooner.</summary>
    private static readonly TimeSpan LinesComeWithin = TimeSpan.FromSeconds(1);

    private static readonly ConcurrentDictionary<(string Engine, string From), ITimer?> Known = new();

    /// <summary>A connection has been made.</summary>
    /// <returns>What ends it.</returns>
    public static Entry Add(EndPoint engine, EndPoint? from, TimeProvider time)
    {
        (string, string) key = ($"{engine}", $"{from}");
        Known[key] = null;
        return new Entry(key, time);
    }

    /// <summary>The address at which MONITOR of an engine shows a command is one of ours.</summary>
    public static bool Contains(EndPoint? engine, string from) => engine is not null && Known.ContainsKey(($"{engine}", from));

    /// <summary>One that is known.</summary>
    internal sealed class Entry((string Engine, string From) key, TimeProvider time) : IDisposable
    {
        private int _ended;

        /// <summary>The connection has ended; its last lines are still to come.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                Known[key] = time.CreateTimer(_ => Remove(key), null, LinesComeWithin, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static void Remove((string Engine, string From) key)
    {
        // Not when the port is in use again already: that connection is without an end so far.
        if (Known.TryGetValue(key, out ITimer? timer) && timer is not null)
        {
            Known.TryRemove(KeyValuePair.Create<(string, string), ITimer?>(key, timer));
            timer.Dispose();
        }
    }
}
