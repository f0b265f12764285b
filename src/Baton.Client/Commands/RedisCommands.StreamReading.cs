using System.Runtime.CompilerServices;

namespace Baton.Client;

/// <summary>Streams, read on and on: enumerations that end only by their token.</summary>
public abstract partial class RedisCommands
{
    /// <summary>XREAD again and again: each entry after an id once, in order, waiting for new ones.</summary>
    /// <param name="key">The stream; it may come later.</param>
    /// <param name="after">The id to begin after; <c>0</c> for all. Default: <c>$</c>, entries added after the loop begins.</param>
    /// <param name="options">Page size and wait. Default: 100 entries, 5 s.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<StreamEntry> XReadAllAsync(
        RedisKey key,
        string after = "$",
        StreamReadOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        options ??= new StreamReadOptions();
        if (after == "$")
        {
            // Asked once: an entry between two requests would be passed over if each of them said "$".
            var newest = await XRevRangeAsync(key, count: 1, cancellationToken: cancellationToken).ConfigureAwait(false);
            after = newest is [var last] ? last.Id : "0-0";
        }

        while (true)
        {
            foreach (var entry in await XReadAsync(key, after, options.PageSize, options.Block, cancellationToken).ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
                after = entry.Id;
                yield return entry;
            }
        }
    }

    /// <summary>
    /// XREADGROUP again and again: first what is pending with this consumer (and what it takes over, see
    /// <see cref="StreamReadOptions.ClaimIdle"/>), then new entries, waiting for them. A reply that is lost with its connection loses no
    /// entry: what it held is read again from what is pending. Entries that were deleted meanwhile are acknowledged and passed over.
    /// </summary>
    /// <param name="key">The stream.</param>
    /// <param name="group">The group.</param>
    /// <param name="consumer">This consumer; one loop at a time may use the name.</param>
    /// <param name="options">Page size, wait, what to do first. Default: 100 entries, 5 s, nothing.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="RedisServerException">Code <c>NOGROUP</c>: there is no such group.</exception>
    public IAsyncEnumerable<GroupEntry> XReadGroupAllAsync(
        RedisKey key, string group, string consumer, StreamReadOptions? options = null, CancellationToken cancellationToken = default) =>
        new StreamGroupReader(this, key, group, consumer, options ?? new StreamReadOptions()).ReadAsync(cancellationToken);

    /// <summary>
    /// XAUTOCLAIM ... JUSTID: takes over what has been idle for so long; only ids, and it does not count as a delivery.
    /// </summary>
    public ValueTask<ClaimedIds> XAutoClaimIdsAsync(
        RedisKey key,
        string group,
        string consumer,
        TimeSpan minIdle,
        string start = "0-0",
        long? count = null,
        CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("XAUTOCLAIM"u8);
        command.Add(key);
        command.Add([group, consumer, (long)minIdle.TotalMilliseconds, start]);
        command.AddIf("COUNT"u8, count);
        command.AddBytes("JUSTID"u8);
        return SendAsync(ref command, StreamReplies.AutoClaimedIds, cancellationToken);
    }
}
