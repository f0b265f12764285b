namespace Baton.Client;

/// <summary>
/// Streams: adding, reading, trimming. Ids are text as Redis has it: <c>-</c>, <c>+</c>, <c>$</c>, <c>0</c>, <c>1526919030474-55</c>.
/// </summary>
public abstract partial class RedisCommands
{
    /// <summary>XADD: the new entry's id: <c>XAddAsync("s", [("kind", "order"), ("id", 7)])</c></summary>
    public ValueTask<string> XAddAsync(
        RedisKey key, ReadOnlySpan<(RedisValue Field, RedisValue Value)> fields, CancellationToken cancellationToken = default) =>
        XAddAsync(key, fields, default, ReplyReaders.Text, cancellationToken);

    /// <summary>XADD: the new entry's id; null when there is no stream and none shall be made.</summary>
    public ValueTask<string?> XAddAsync(
        RedisKey key, ReadOnlySpan<(RedisValue Field, RedisValue Value)> fields, XAddOptions options, CancellationToken cancellationToken = default) =>
        XAddAsync(key, fields, options, ReplyReaders.NullableText, cancellationToken);

    /// <summary>XLEN: how many entries there are.</summary>
    public ValueTask<long> XLenAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("XLEN"u8, ReplyReaders.Int64, cancellationToken, key);

    /// <summary>XRANGE: entries from id to id, oldest first.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="start">The first id; <c>(id</c> leaves it out. Default: the oldest there is.</param>
    /// <param name="end">The last id. Default: the newest there is.</param>
    /// <param name="count">At most so many. Default: all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<StreamEntry[]> XRangeAsync(
        RedisKey key, string start = "-", string end = "+", long? count = null, CancellationToken cancellationToken = default) =>
        XRangeAsync("XRANGE"u8, key, start, end, count, cancellationToken);

    /// <summary>XREVRANGE: entries from id to id, newest first.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="end">The newest id. Default: the newest there is.</param>
    /// <param name="start">The oldest id. Default: the oldest there is.</param>
    /// <param name="count">At most so many. Default: all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<StreamEntry[]> XRevRangeAsync(
        RedisKey key, string end = "+", string start = "-", long? count = null, CancellationToken cancellationToken = default) =>
        XRangeAsync("XREVRANGE"u8, key, end, start, count, cancellationToken);

    /// <summary>XREAD of one stream: entries after an id; empty when there are none.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="after">The id; <c>0</c> for all, <c>$</c> for those that come while it waits.</param>
    /// <param name="count">At most so many. Default: all.</param>
    /// <param name="block">How long to wait for one on the server. Default: not at all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<StreamEntry[]> XReadAsync(
        RedisKey key, string after, long? count = null, TimeSpan? block = null, CancellationToken cancellationToken = default)
    {
        var command = BeginXRead([(key, after)], count, block);
        return SendAsync(ref command, StreamReplies.OfOneKey, cancellationToken);
    }

    /// <summary>XREAD: entries after an id of each stream; streams without any are left out.</summary>
    /// <param name="streams">The streams, with the id each begins after.</param>
    /// <param name="count">At most so many of each. Default: all.</param>
    /// <param name="block">How long to wait for one on the server. Default: not at all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<StreamEntries[]> XReadAsync(
        ReadOnlySpan<(RedisKey Key, RedisValue After)> streams,
        long? count = null,
        TimeSpan? block = null,
        CancellationToken cancellationToken = default)
    {
        var command = BeginXRead(streams, count, block);
        return SendAsync(ref command, StreamReplies.ByKey, cancellationToken);
    }

    /// <summary>XDEL: how many of the entries were there.</summary>
    public ValueTask<long> XDelAsync(RedisKey key, ReadOnlySpan<RedisValue> ids, CancellationToken cancellationToken = default) =>
        ValuesAsync("XDEL"u8, CommandTraits.None, key, ids, ReplyReaders.Int64, cancellationToken);

    /// <summary>XTRIM: how many entries were removed.</summary>
    public ValueTask<long> XTrimAsync(RedisKey key, StreamTrim trim, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("XTRIM"u8);
        command.Add(key);
        trim.WriteTo(ref command);
        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }

    /// <summary>XSETID: the highest id given.</summary>
    public ValueTask<bool> XSetIdAsync(RedisKey key, string lastId, CancellationToken cancellationToken = default) =>
        WriteAsync("XSETID"u8, ReplyReaders.Ok, cancellationToken, key, lastId);

    /// <summary>XINFO STREAM.</summary>
    /// <exception cref="RedisServerException">There is no such stream.</exception>
    public ValueTask<StreamInfo> XInfoStreamAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("XINFO"u8, StreamReplies.Info, cancellationToken, "STREAM", key);

    private ValueTask<T> XAddAsync<T>(
        RedisKey key,
        scoped ReadOnlySpan<(RedisValue Field, RedisValue Value)> fields,
        XAddOptions options,
        ReplyReader<T> reader,
        CancellationToken cancellationToken)
    {
        var command = CommandWriter.Begin("XADD"u8);
        command.Add(key);
        options.WriteTo(ref command);
        command.AddPairs(fields);
        return SendAsync(ref command, reader, cancellationToken);
    }

    private ValueTask<StreamEntry[]> XRangeAsync(
        scoped ReadOnlySpan<byte> name, RedisKey key, string first, string last, long? count, CancellationToken cancellationToken)
    {
        var command = CommandWriter.Begin(name, CommandTraits.ReadOnly);
        command.Add(key);
        command.AddText(first);
        command.AddText(last);
        command.AddIf("COUNT"u8, count);
        return SendAsync(ref command, StreamReplies.Entries, cancellationToken);
    }

    private static CommandWriter BeginXRead(scoped ReadOnlySpan<(RedisKey Key, RedisValue After)> streams, long? count, TimeSpan? block)
    {
        var command = CommandWriter.Begin("XREAD"u8, CommandTraits.ReadOnly);
        AddStreams(ref command, streams, count, block, noAck: false);
        return command;
    }

    /// <summary><c>[COUNT n] [BLOCK ms] [NOACK] STREAMS key [key ...] id [id ...]</c></summary>
    private static void AddStreams(
        ref CommandWriter command, scoped ReadOnlySpan<(RedisKey Key, RedisValue Id)> streams, long? count, TimeSpan? block, bool noAck)
    {
        command.AddIf("COUNT"u8, count);
        if (block is { } wait)
        {
            command.AddBytes("BLOCK"u8);
            command.AddWaitMilliseconds(wait);
        }

        command.AddIf(noAck, "NOACK"u8);
        command.AddBytes("STREAMS"u8);
        foreach (var (key, _) in streams)
        {
            command.Add(key);
        }

        foreach (var (_, id) in streams)
        {
            command.Add(id);
        }
    }
}
