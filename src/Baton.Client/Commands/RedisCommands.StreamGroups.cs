namespace Baton.Client;

/// <summary>Streams: consumer groups.</summary>
public abstract partial class RedisCommands
{
    /// <summary>XGROUP CREATE.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="after">It reads what comes after this id; <c>0</c> for everything. Default: <c>$</c>, what is added from now on.</param>
    /// <param name="makeStream">Whether a missing stream is made; else it is an error. Default: no.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RedisServerException">Code <c>BUSYGROUP</c>: there is such a group.</exception>
    public ValueTask<bool> XGroupCreateAsync(
        RedisKey key, string group, string after = "$", bool makeStream = false, CancellationToken cancellationToken = default) =>
        makeStream
            ? WriteAsync("XGROUP"u8, ReplyReaders.Ok, cancellationToken, "CREATE", key, group, after, "MKSTREAM")
            : WriteAsync("XGROUP"u8, ReplyReaders.Ok, cancellationToken, "CREATE", key, group, after);

    /// <summary>XGROUP SETID: the group goes on after this id.</summary>
    public ValueTask<bool> XGroupSetIdAsync(RedisKey key, string group, string after, CancellationToken cancellationToken = default) =>
        WriteAsync("XGROUP"u8, ReplyReaders.Ok, cancellationToken, "SETID", key, group, after);

    /// <summary>XGROUP DESTROY: whether it was there.</summary>
    public ValueTask<bool> XGroupDestroyAsync(RedisKey key, string group, CancellationToken cancellationToken = default) =>
        WriteAsync("XGROUP"u8, ReplyReaders.Boolean, cancellationToken, "DESTROY", key, group);

    /// <summary>XGROUP CREATECONSUMER: false when it is there already.</summary>
    public ValueTask<bool> XGroupCreateConsumerAsync(
        RedisKey key, string group, string consumer, CancellationToken cancellationToken = default) =>
        WriteAsync("XGROUP"u8, ReplyReaders.Boolean, cancellationToken, "CREATECONSUMER", key, group, consumer);

    /// <summary>XGROUP DELCONSUMER: how many entries were pending with it; nobody gets them any more.</summary>
    public ValueTask<long> XGroupDelConsumerAsync(
        RedisKey key, string group, string consumer, CancellationToken cancellationToken = default) =>
        WriteAsync("XGROUP"u8, ReplyReaders.Int64, cancellationToken, "DELCONSUMER", key, group, consumer);

    /// <summary>XREADGROUP of one stream: entries for this consumer; empty when there are none.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="group">The group.</param>
    /// <param name="consumer">The consumer, made when it is new.</param>
    /// <param name="id">Default: <c>&gt;</c>, new ones. An id: those pending with this consumer after it, again.</param>
    /// <param name="count">At most so many. Default: all.</param>
    /// <param name="block">How long to wait for one on the server. Default: not at all.</param>
    /// <param name="noAck">Whether they count as acknowledged at once. Default: no.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<StreamEntry[]> XReadGroupAsync(
        RedisKey key,
        string group,
        string consumer,
        string id = ">",
        long? count = null,
        TimeSpan? block = null,
        bool noAck = false,
        CancellationToken cancellationToken = default)
    {
        var command = BeginXReadGroup([(key, id)], group, consumer, count, block, noAck);
        return SendAsync(ref command, StreamReplies.OfOneKey, cancellationToken);
    }

    /// <summary>XREADGROUP: entries of each stream for this consumer; parameters as for one stream.</summary>
    public ValueTask<StreamEntries[]> XReadGroupAsync(
        ReadOnlySpan<(RedisKey Key, RedisValue Id)> streams,
        string group,
        string consumer,
        long? count = null,
        TimeSpan? block = null,
        bool noAck = false,
        CancellationToken cancellationToken = default)
    {
        var command = BeginXReadGroup(streams, group, consumer, count, block, noAck);
        return SendAsync(ref command, StreamReplies.ByKey, cancellationToken);
    }

    /// <summary>XACK: whether it was pending.</summary>
    public ValueTask<bool> XAckAsync(RedisKey key, string group, string id, CancellationToken cancellationToken = default) =>
        WriteAsync("XACK"u8, KeyReplies.AnyDone, cancellationToken, key, group, id);

    /// <summary>XACK: how many of them were pending.</summary>
    public ValueTask<long> XAckAsync(
        RedisKey key, string group, ReadOnlySpan<RedisValue> ids, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("XACK"u8);
        command.Add(key);
        command.AddText(group);
        command.Add(ids);
        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }

    /// <summary>XCLAIM: takes pending entries over that were idle for so long.</summary>
    public ValueTask<StreamEntry[]> XClaimAsync(
        RedisKey key,
        string group,
        string consumer,
        TimeSpan minIdle,
        ReadOnlySpan<RedisValue> ids,
        XClaimOptions options = default,
        CancellationToken cancellationToken = default)
    {
        var command = BeginXClaim(key, group, consumer, minIdle, ids, options);
        return SendAsync(ref command, StreamReplies.Claimed, cancellationToken);
    }

    /// <summary>XCLAIM ... JUSTID: the same, only ids; it does not count as a delivery.</summary>
    public ValueTask<string[]> XClaimIdsAsync(
        RedisKey key,
        string group,
        string consumer,
        TimeSpan minIdle,
        ReadOnlySpan<RedisValue> ids,
        XClaimOptions options = default,
        CancellationToken cancellationToken = default)
    {
        var command = BeginXClaim(key, group, consumer, minIdle, ids, options);
        command.AddBytes("JUSTID"u8);
        return SendAsync(ref command, ReplyReaderFor<string>.Array, cancellationToken);
    }

    /// <summary>XAUTOCLAIM: takes over what has been idle for so long, looking from an id on.</summary>
    public ValueTask<ClaimedEntries> XAutoClaimAsync(
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
        return SendAsync(ref command, StreamReplies.AutoClaimed, cancellationToken);
    }

    /// <summary>XPENDING: what is delivered and not acknowledged, in total.</summary>
    public ValueTask<PendingSummary> XPendingAsync(RedisKey key, string group, CancellationToken cancellationToken = default) =>
        ReadAsync("XPENDING"u8, StreamReplies.Pending, cancellationToken, key, group);

    /// <summary>XPENDING with a range: entry by entry.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="group">The group.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="start">The first id. Default: the oldest.</param>
    /// <param name="end">The last id. Default: the newest.</param>
    /// <param name="consumer">Only this consumer's. Default: everybody's.</param>
    /// <param name="minIdle">Only those idle for so long. Default: all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<PendingEntry[]> XPendingAsync(
        RedisKey key,
        string group,
        long count,
        string start = "-",
        string end = "+",
        string? consumer = null,
        TimeSpan? minIdle = null,
        CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("XPENDING"u8, CommandTraits.ReadOnly);
        command.Add(key);
        command.AddText(group);
        command.AddIf("IDLE"u8, (long?)minIdle?.TotalMilliseconds);
        command.Add([start, end, count]);
        if (consumer is not null)
        {
            command.AddText(consumer);
        }

        return SendAsync(ref command, StreamReplies.PendingEntries, cancellationToken);
    }

    /// <summary>XINFO GROUPS.</summary>
    public ValueTask<StreamGroupInfo[]> XInfoGroupsAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("XINFO"u8, StreamReplies.Groups, cancellationToken, "GROUPS", key);

    /// <summary>XINFO CONSUMERS.</summary>
    public ValueTask<StreamConsumerInfo[]> XInfoConsumersAsync(
        RedisKey key, string group, CancellationToken cancellationToken = default) =>
        ReadAsync("XINFO"u8, StreamReplies.Consumers, cancellationToken, "CONSUMERS", key, group);

    private static CommandWriter BeginXReadGroup(
        scoped ReadOnlySpan<(RedisKey Key, RedisValue Id)> streams, string group, string consumer, long? count, TimeSpan? block, bool noAck)
    {
        var command = CommandWriter.Begin("XREADGROUP"u8);
        command.Add(["GROUP", group, consumer]);
        AddStreams(ref command, streams, count, block, noAck);
        return command;
    }

    private static CommandWriter BeginXClaim(
        RedisKey key, string group, string consumer, TimeSpan minIdle, scoped ReadOnlySpan<RedisValue> ids, XClaimOptions options)
    {
        var command = CommandWriter.Begin("XCLAIM"u8);
        command.Add(key);
        command.Add([group, consumer, (long)minIdle.TotalMilliseconds]);
        command.Add(ids);
        options.WriteTo(ref command);
        return command;
    }
}
