using System.Runtime.CompilerServices;

namespace Baton.Client;

/// <summary>
/// Scans: everything that is there from beginning to end is found, what comes or goes meanwhile may be; the same may be found twice. Each page
/// is a command that only reads, so that a scan goes on across maintenance; where a shard has moved, it begins again, because another process does
/// not know the old one's cursors.
/// </summary>
public abstract partial class RedisCommands
{
    /// <summary>Reads one page.</summary>
    private delegate ValueTask<ScanPage<T>> PageReader<T>(string cursor, CancellationToken cancellationToken);

    /// <summary>SCAN: all keys that match.</summary>
    public IAsyncEnumerable<RedisKey> ScanAsync(ScanOptions options = default, CancellationToken cancellationToken = default) =>
        PagesAsync((cursor, token) => ScanPageAsync(cursor, options, token), cancellationToken);

    /// <summary>HSCAN: all fields that match, with their values.</summary>
    public IAsyncEnumerable<KeyValuePair<string, string>> HScanAsync(
        RedisKey key, ScanOptions options = default, CancellationToken cancellationToken = default) =>
        PagesAsync((cursor, token) => ScanPageAsync("HSCAN"u8, key, cursor, options, ScanReplies.Fields, token), cancellationToken);

    /// <summary>SSCAN: all members that match.</summary>
    public IAsyncEnumerable<string> SScanAsync(
        RedisKey key, ScanOptions options = default, CancellationToken cancellationToken = default) =>
        PagesAsync((cursor, token) => ScanPageAsync("SSCAN"u8, key, cursor, options, ScanReplies.Members, token), cancellationToken);

    /// <summary>ZSCAN: all members that match, with their scores.</summary>
    public IAsyncEnumerable<ScoredMember<string>> ZScanAsync(
        RedisKey key, ScanOptions options = default, CancellationToken cancellationToken = default) =>
        PagesAsync((cursor, token) => ScanPageAsync("ZSCAN"u8, key, cursor, options, ScanReplies.Scored, token), cancellationToken);

    /// <summary>SCAN: one page, for those who keep the cursor themselves; after a shard has moved it leads nowhere in particular.</summary>
    /// <param name="cursor"><c>0</c> to begin, then what the page before says.</param>
    /// <param name="options">What to look for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<ScanPage<RedisKey>> ScanPageAsync(
        string cursor, ScanOptions options = default, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("SCAN"u8, CommandTraits.ReadOnly);
        command.Add(cursor);
        options.WriteTo(ref command);
        return SendAsync(ref command, ScanReplies.Keys, cancellationToken);
    }

    private ValueTask<ScanPage<T>> ScanPageAsync<T>(
        scoped ReadOnlySpan<byte> name,
        RedisKey key,
        string cursor,
        ScanOptions options,
        ReplyReader<ScanPage<T>> reader,
        CancellationToken cancellationToken)
    {
        var command = CommandWriter.Begin(name, CommandTraits.ReadOnly);
        command.Add(key);
        command.AddText(cursor);
        options.WriteTo(ref command);
        return SendAsync(ref command, reader, cancellationToken);
    }

    /// <summary>How many shards are known to have moved: a cursor from before is no cursor any more.</summary>
    internal virtual long ShardMoves => 0;

    private async IAsyncEnumerable<T> PagesAsync<T>(
        PageReader<T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var moves = ShardMoves;
        for (var cursor = "0"; ;)
        {
            var page = await read(cursor, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return item;
            }

            if (ShardMoves is var now && now != moves)
            {
                (moves, cursor) = (now, "0");
                continue;
            }

            if (page.IsLast)
            {
                yield break;
            }

            cursor = page.Cursor;
        }
    }
}
