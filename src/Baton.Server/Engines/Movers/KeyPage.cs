using System.Runtime.CompilerServices;
using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.Movers;

/// <summary>Some keys of one numbered database.</summary>
/// <param name="Database">The database.</param>
/// <param name="Keys">The keys, possibly none.</param>
/// <param name="Done">How far the search in this database is, of <paramref name="Total"/>.</param>
/// <param name="Total">All there is to search in it, as known when it began; 0 = unknown.</param>
internal sealed record KeyPage(int Database, byte[][] Keys, long Done, long Total)
{
    /// <summary>
    /// Every key the engine holds when this begins, and of those written meanwhile some. Where the engine's log can be read, it is: SCAN walks the same
    /// log, meets every key again that is written behind it, and never gets to the end while they are written faster than it walks.
    /// </summary>
    /// <exception cref="EngineException">The engine failed, or refused.</exception>
    public static async IAsyncEnumerable<KeyPage> ReadAllAsync(
        DatabaseLink link, int keysPerPage, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int database = 0; database < link.Engine.Capabilities.DatabaseCount; database++)
        {
            IAsyncEnumerable<KeyPage> pages = link.Engine.LoggedKeys(database) is { } log
                ? ReadLogAsync(database, log, keysPerPage, cancellationToken)
                : ScanAsync(link, database, keysPerPage, cancellationToken);
            await foreach (KeyPage page in pages.ConfigureAwait(false))
            {
                yield return page;
            }
        }
    }

    private static async IAsyncEnumerable<KeyPage> ReadLogAsync(
        int database, IEnumerable<LoggedKey> log, int keysPerPage, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using IEnumerator<LoggedKey[]> pages = log.TakeWhile(_ => !cancellationToken.IsCancellationRequested)
            .DistinctBy(logged => new DatabaseKey(database, logged.Key)).Chunk(keysPerPage).GetEnumerator();
        while (await Task.Run(pages.MoveNext, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            LoggedKey[] page = pages.Current;
            yield return new KeyPage(database, [.. page.Select(logged => logged.Key)], page[^1].Read, page[^1].Size);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private static async IAsyncEnumerable<KeyPage> ScanAsync(
        DatabaseLink link, int database, int keysPerPage, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RespBatch size = new RespBatch().Command("DBSIZE", 0);
        long total = (await link.SendAsync(database, size, cancellationToken).ConfigureAwait(false))[0].Integer ?? 0;
        long done = 0;
        string cursor = "0";
        do
        {
            RespBatch scan = new RespBatch().Command("SCAN", 3).Argument(cursor).Argument("COUNT").Argument(keysPerPage);
            RespReply reply = (await link.SendAsync(database, scan, cancellationToken).ConfigureAwait(false))[0];
            if (reply.IsError || reply.Items is not [var next, { Items: { } keys }])
            {
                throw new EngineException($"{link.Engine.Spec} refused SCAN: {reply.Text}");
            }

            cursor = next.Text;
            done += keys.Length;
            yield return new KeyPage(database, [.. keys.Select(key => key.Bytes!)], done, Math.Max(done, total));
        }
        while (cursor != "0");
    }
}
