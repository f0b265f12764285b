using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>
/// Copies a string reply into the caller's memory. Used again once it has read; one whose command ended otherwise (an error, a timeout, a
/// cancellation) is left to the garbage collector, for whoever ends a command is the only one who reads its reply, and here nobody did.
/// </summary>
internal sealed class MemoryReplyReader
{
    private readonly ReplyReader<int> _read;
    private Memory<byte> _destination;

    private MemoryReplyReader() => _read = Read;

    /// <summary>A reader for one command.</summary>
    public static ReplyReader<int> Rent(Memory<byte> destination)
    {
        var reader = ReuseBin<MemoryReplyReader>.TryTake() ?? new MemoryReplyReader();
        reader._destination = destination;
        return reader._read;
    }

    private int Read(ref RespReader reply)
    {
        var destination = _destination;
        _destination = default;
        ReuseBin<MemoryReplyReader>.Return(this);
        if (reply.IsNull)
        {
            return -1;
        }

        if (reply.Count > 0 || reply.Kind is (byte)'*' or (byte)'%' or (byte)'~' or (byte)'>')
        {
            throw ReplyReaders.Unexpected(reply, "bytes");
        }

        var value = reply.Value;
        if (value.Length > destination.Length)
        {
            throw new RedisReplyException(
                $"The value has {value.Length} bytes, and the memory it shall go to has {destination.Length}: nothing was copied.");
        }

        value.CopyTo(destination.Span);
        return value.Length;
    }
}
