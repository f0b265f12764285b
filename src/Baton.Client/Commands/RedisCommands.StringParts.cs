namespace Baton.Client;

/// <summary>Strings: counters and parts of values.</summary>
public abstract partial class RedisCommands
{
    /// <summary>INCR: the new number. A missing key counts as 0.</summary>
    public ValueTask<long> IncrAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        WriteAsync("INCR"u8, ReplyReaders.Int64, cancellationToken, key);

    /// <summary>INCRBY: the new number.</summary>
    public ValueTask<long> IncrByAsync(RedisKey key, long increment, CancellationToken cancellationToken = default) =>
        WriteAsync("INCRBY"u8, ReplyReaders.Int64, cancellationToken, key, increment);

    /// <summary>INCRBYFLOAT: the new number.</summary>
    public ValueTask<double> IncrByFloatAsync(RedisKey key, double increment, CancellationToken cancellationToken = default) =>
        WriteAsync("INCRBYFLOAT"u8, ReplyReaders.Double, cancellationToken, key, increment);

    /// <summary>DECR: the new number.</summary>
    public ValueTask<long> DecrAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        WriteAsync("DECR"u8, ReplyReaders.Int64, cancellationToken, key);

    /// <summary>DECRBY: the new number.</summary>
    public ValueTask<long> DecrByAsync(RedisKey key, long decrement, CancellationToken cancellationToken = default) =>
        WriteAsync("DECRBY"u8, ReplyReaders.Int64, cancellationToken, key, decrement);

    /// <summary>APPEND: the new length in bytes.</summary>
    public ValueTask<long> AppendAsync(RedisKey key, RedisValue value, CancellationToken cancellationToken = default) =>
        WriteAsync("APPEND"u8, ReplyReaders.Int64, cancellationToken, key, value);

    /// <summary>STRLEN: the length in bytes; 0 when there is none.</summary>
    public ValueTask<long> StrLenAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        ReadAsync("STRLEN"u8, ReplyReaders.Int64, cancellationToken, key);

    /// <summary>
    /// GETRANGE: the bytes from <paramref name="start"/> to <paramref name="end"/>, both included; negative ones count from the end.
    /// </summary>
    public ValueTask<string> GetRangeAsync(RedisKey key, long start, long end, CancellationToken cancellationToken = default) =>
        ReadAsync("GETRANGE"u8, ReplyReaders.Text, cancellationToken, key, start, end);

    /// <summary>GETRANGE, as bytes.</summary>
    public ValueTask<byte[]> GetRangeBytesAsync(RedisKey key, long start, long end, CancellationToken cancellationToken = default) =>
        ReadAsync("GETRANGE"u8, ReplyReaders.Bytes, cancellationToken, key, start, end);

    /// <summary>SETRANGE: overwrites from <paramref name="offset"/> on; the new length in bytes.</summary>
    public ValueTask<long> SetRangeAsync(RedisKey key, long offset, RedisValue value, CancellationToken cancellationToken = default) =>
        WriteAsync("SETRANGE"u8, ReplyReaders.Int64, cancellationToken, key, offset, value);

    /// <summary>LCS: the longest common subsequence of two values.</summary>
    public ValueTask<string> LcsAsync(RedisKey first, RedisKey second, CancellationToken cancellationToken = default) =>
        ReadAsync("LCS"u8, ReplyReaders.Text, cancellationToken, first, second);

    /// <summary>LCS ... LEN: its length in bytes.</summary>
    public ValueTask<long> LcsLengthAsync(RedisKey first, RedisKey second, CancellationToken cancellationToken = default) =>
        ReadAsync("LCS"u8, ReplyReaders.Int64, cancellationToken, first, second, "LEN");

    /// <summary>
    /// LCS ... IDX WITHMATCHLEN: where the parts are, last first, leaving out those shorter than <paramref name="shortest"/> bytes.
    /// </summary>
    public ValueTask<LcsMatches> LcsMatchesAsync(
        RedisKey first, RedisKey second, long shortest = 0, CancellationToken cancellationToken = default) =>
        ReadAsync("LCS"u8, StringReplies.Lcs, cancellationToken, first, second, "IDX", "MINMATCHLEN", shortest, "WITHMATCHLEN");
}
