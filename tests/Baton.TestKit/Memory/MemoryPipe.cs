using Baton.Server.Proxy;

namespace Baton.TestKit.Memory;

/// <summary>One direction between two connections: takes bytes from one's output to the other's handler, in pieces of a random size.</summary>
internal sealed class MemoryPipe
{
    private readonly MemoryConnection _from;
    private readonly MemoryConnection _to;

    private bool _endTold;

    private MemoryPipe(MemoryConnection from, MemoryConnection to) => (_from, _to) = (from, to);

    /// <summary>Nothing will move any more.</summary>
    public bool IsOver { get; private set; }

    public static void Join(List<MemoryPipe> pipes, MemoryConnection one, MemoryConnection other)
    {
        pipes.Add(new MemoryPipe(one, other));
        pipes.Add(new MemoryPipe(other, one));
        one.IsJoined = other.IsJoined = true;
        (one.Peer, other.Peer) = (other, one);
    }

    /// <summary>Moves one piece; false when there is none.</summary>
    public bool Move(Random random, int maxChunk)
    {
        if (_to.IsClosed)
        {
            IsOver = true;
            if (!_from.IsClosed)
            {
                _from.Fail(CloseReason.ClosedByPeer, "the peer closed it");
                return true;
            }

            return false;
        }

        int waiting = (int)Math.Min(int.MaxValue, _from.Output.Length);
        if (waiting > 0 && !_from.IsCut)
        {
            if (_to.IsPaused || _from.IsStalled)
            {
                return false;
            }

            int size = Math.Min(waiting, maxChunk == int.MaxValue && random.Next(2) == 0 ? waiting : random.Next(1, Math.Min(waiting, maxChunk) + 1));
            byte[] piece = _from.Output.Pending[..size].ToArray();
            _from.Output.Consume(size);
            _from.Output.MarkClean();
            long before = GC.GetAllocatedBytesForCurrentThread();
            _to.Handler.OnReceived(piece);
            _to.NoteReceived(GC.GetAllocatedBytesForCurrentThread() - before);
            if (_from.Output.Length == 0)
            {
                _from.OnSent();
            }

            return true;
        }

        if (_from.IsClosed)
        {
            IsOver = true;
            _to.Fail(CloseReason.ClosedByPeer, "the peer closed it");
            return true;
        }

        if (_from.HasEndedOutput && !_endTold)
        {
            _endTold = true;
            if (!_to.Handler.OnEndOfInput())
            {
                _to.Fail(CloseReason.ClosedByPeer, "the peer closed it");
            }

            return true;
        }

        return false;
    }
}
