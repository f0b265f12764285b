using System.Buffers;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// WAIT and WAITAOF over several shards: each is asked, and the smallest number stands for all, for a write is only as safe as its own shard makes it.
/// (Shards the client has not written to answer at once with all their replicas.) Belongs to its loop's thread.
/// </summary>
internal sealed class BlockedOnShards : IBlockedCommand
{
    private readonly ClientSession _session;
    private readonly List<BlockedOnEngine> _parts = [];
    private int _open;

    private BlockedOnShards(ClientSession session) => (_session, _open) = (session, session.Database.Shards.Length);

    /// <summary>Asks every shard and makes the session wait.</summary>
    public static void Start(ClientSession session, BlockingTimeout command)
    {
        MergeSlot slot = new(Smallest) { Muted = session.IsMuted };
        session.Replies.Enqueue(slot);
        session.Database.AllLoops.CountBlocked(1);
        BlockedOnShards wait = new(session);
        session.BeginBlocked(wait);
        foreach (LoopShard shard in session.Database.Shards)
        {
            wait._parts.Add(BlockedOnEngine.StartPart(session, shard, command, slot.AddPart(), wait.OnPartOver));
        }

        slot.Seal();
    }

    /// <inheritdoc/>
    public void LetGo() => _parts.ForEach(static part => part.LetGo());

    /// <inheritdoc/>
    public bool Unblock(bool withError)
    {
        bool any = false;
        foreach (BlockedOnEngine part in _parts)
        {
            any |= part.Unblock(withError);
        }

        return any;
    }

    /// <inheritdoc/>
    public void EndInput() => _parts.ForEach(static part => part.EndInput());

    /// <inheritdoc/>
    public void Abandon() => _parts.ForEach(static part => part.Abandon());

    /// <summary>WAIT answers a number, WAITAOF an array of two.</summary>
    private static void Smallest(IReadOnlyList<MergePart> parts, IBufferWriter<byte> output)
    {
        long[]? smallest = null;
        foreach (MergePart part in parts)
        {
            long[] numbers = Numbers(part.Frame);
            smallest = smallest is null ? numbers : [.. smallest.Zip(numbers, Math.Min)];
        }

        if (smallest!.Length > 1)
        {
            RespWriter.WriteArrayHeader(output, smallest.Length);
        }

        foreach (long number in smallest)
        {
            RespWriter.WriteInteger(output, number);
        }
    }

    private static long[] Numbers(ReadOnlySpan<byte> frame)
    {
        RespReader reader = new(frame);
        List<long> numbers = [];
        while (reader.Read())
        {
            if (reader.Kind == (byte)':' && reader.TryGetInt64(out long number))
            {
                numbers.Add(number);
            }
        }

        return numbers.Count > 0 ? [.. numbers] : throw new RespFormatException("a number was expected");
    }

    private void OnPartOver()
    {
        if (--_open == 0)
        {
            _session.Database.AllLoops.CountBlocked(-1);
            _session.EndBlocked();
        }
    }
}
