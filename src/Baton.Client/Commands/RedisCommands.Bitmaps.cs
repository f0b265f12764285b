namespace Baton.Client;

/// <summary>Bitmaps.</summary>
public abstract partial class RedisCommands
{
    /// <summary>SETBIT: the bit that was there before.</summary>
    public ValueTask<bool> SetBitAsync(RedisKey key, long offset, bool value, CancellationToken cancellationToken = default) =>
        WriteAsync("SETBIT"u8, ReplyReaders.Boolean, cancellationToken, key, offset, value);

    /// <summary>GETBIT: the bit there; false beyond the end.</summary>
    public ValueTask<bool> GetBitAsync(RedisKey key, long offset, CancellationToken cancellationToken = default) =>
        ReadAsync("GETBIT"u8, ReplyReaders.Boolean, cancellationToken, key, offset);

    /// <summary>BITCOUNT: how many bits are 1.</summary>
    public ValueTask<long> BitCountAsync(RedisKey key, BitRange range = default, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("BITCOUNT"u8, CommandTraits.ReadOnly);
        command.Add(key);
        range.WriteTo(ref command);
        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }

    /// <summary>BITPOS: the first bit that is so; -1 when there is none.</summary>
    public ValueTask<long> BitPosAsync(RedisKey key, bool bit, BitRange range = default, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("BITPOS"u8, CommandTraits.ReadOnly);
        command.Add(key);
        command.AddInteger(bit ? 1 : 0);
        range.WriteTo(ref command);
        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }

    /// <summary>BITOP: the length of <paramref name="destination"/> in bytes.</summary>
    public ValueTask<long> BitOpAsync(
        BitOperation operation, RedisKey destination, ReadOnlySpan<RedisKey> keys, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("BITOP"u8);
        command.AddBytes(operation switch
        {
            BitOperation.And => "AND"u8,
            BitOperation.Or => "OR"u8,
            BitOperation.Xor => "XOR"u8,
            _ => "NOT"u8,
        });
        command.Add(destination);
        command.Add(keys);
        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }

    /// <summary>
    /// BITFIELD: one reply for each operation but overflow ones, null where it failed on overflow. Only reads: sent as BITFIELD_RO, which may
    /// be repeated.
    /// </summary>
    public ValueTask<long?[]> BitFieldAsync(
        RedisKey key, ReadOnlySpan<BitFieldOperation> operations, CancellationToken cancellationToken = default)
    {
        var onlyReads = true;
        foreach (var operation in operations)
        {
            onlyReads &= operation.IsRead;
        }

        var command = onlyReads ? CommandWriter.Begin("BITFIELD_RO"u8, CommandTraits.ReadOnly) : CommandWriter.Begin("BITFIELD"u8);
        command.Add(key);
        foreach (var operation in operations)
        {
            operation.WriteTo(ref command);
        }

        return SendAsync(ref command, ReplyReaderFor<long?>.Array, cancellationToken);
    }
}
