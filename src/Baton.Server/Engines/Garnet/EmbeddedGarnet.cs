using Garnet;
using Garnet.server;
using Microsoft.Extensions.Logging;
using Tsavorite.core;

namespace Baton.Server.Engines.Garnet;

/// <summary>A Garnet server whose log can be read from within the process.</summary>
internal sealed class EmbeddedGarnet(GarnetServerOptions options, ILoggerFactory log) : GarnetServer(options, log)
{
    /// <summary>
    /// The key of each record in a numbered database's log, from its begin to where it ends now; keys repeat, and may be gone or deleted later on.
    /// Reads the log once from front to back; the caller's thread waits for the disk.
    /// </summary>
    public IEnumerable<LoggedKey> LoggedKeys(int number) =>
        storeWrapper.TryGetDatabase(number, out GarnetDatabase? database) && database is not null ? Read(database) : []; // nobody has selected it yet

    private static IEnumerable<LoggedKey> Read(GarnetDatabase database)
    {
        var log = database.Store.Log;
        (long begin, long end) = (log.BeginAddress, log.TailAddress);
        using ITsavoriteScanIterator records = log.Scan(begin, end, DiskScanBufferingMode.DoublePageBuffering);
        while (records.GetNext())
        {
            if (!records.Info.Tombstone)
            {
                yield return new LoggedKey(records.Key.ToArray(), records.NextAddress - begin, end - begin);
            }
        }
    }
}
