using System.Globalization;
using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.Movers;

/// <summary>
/// Finds every key an engine holds when it begins, page by page. A key that is written meanwhile may be found, or not, or twice. One caller at
/// a time.
/// </summary>
/// <remarks>
/// A SCAN that walks a log meets each key again that is written behind it, and would not come to an end while they are written as fast as it walks.
/// So it goes as far as the log went when it began. Counting the keys first would be a walk of its own.
/// </remarks>
internal sealed class KeyScan
{
    private readonly DatabaseLink _link;
    private readonly int _keysPerPage;
    private readonly Queue<(int Number, long Size)> _databases;
    private readonly bool _walksLogs;
    private string _cursor = "0";
    private long _done;
    private long _page;

    private KeyScan(DatabaseLink link, int keysPerPage, IReadOnlyDictionary<int, long> sizes, bool walksLogs)
    {
        (_link, _keysPerPage, _walksLogs) = (link, keysPerPage, walksLogs);
        _databases = new(sizes.Select(pair => (pair.Key, pair.Value)));
        Total = sizes.Values.Sum();
    }

    /// <summary>The numbered database the last page is from.</summary>
    public int Database { get; private set; }

    /// <summary>How far it is, of <see cref="Total"/>: keys, or bytes of logs.</summary>
    public long Done => Math.Min(_done + _page, Total);

    /// <summary>All there is to do, as known when it began.</summary>
    public long Total { get; }

    /// <summary>Notes what there is now.</summary>
    public static async Task<KeyScan> BeginAsync(DatabaseLink link, int keysPerPage, CancellationToken cancellationToken) =>
        link.Engine.ScanEnds() is { } ends
            ? new KeyScan(link, keysPerPage, ends, walksLogs: true)
            : new KeyScan(link, keysPerPage, await link.KeysByDatabaseAsync(cancellationToken).ConfigureAwait(false), walksLogs: false);

    /// <summary>The next keys, possibly none; null when all have been found.</summary>
    /// <exception cref="EngineException">The engine failed, or refused.</exception>
    public async Task<byte[][]?> NextAsync(CancellationToken cancellationToken)
    {
        if (_databases.Count == 0)
        {
            return null;
        }

        (Database, long size) = _databases.Peek();
        RespBatch scan = new RespBatch().Command("SCAN", 3).Argument(_cursor).Argument("COUNT").Argument(_keysPerPage);
        RespReply reply = (await _link.SendAsync(Database, scan, cancellationToken).ConfigureAwait(false))[0];
        if (reply.IsError || reply.Items is not [var next, { Items: { } keys }])
        {
            throw new EngineException($"{_link.Engine.Spec} refused SCAN: {reply.Text}");
        }

        _cursor = next.Text;
        _page = _walksLogs ? long.Parse(_cursor, CultureInfo.InvariantCulture) : _page + keys.Length;
        if (_cursor == "0" || (_walksLogs && _page >= size))
        {
            _databases.Dequeue();
            _done += size;
            (_cursor, _page) = ("0", 0);
        }

        return [.. keys.Select(key => key.Bytes!)];
    }
}
