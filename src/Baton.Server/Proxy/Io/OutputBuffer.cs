using System.Buffers;

namespace Baton.Server.Proxy.Io;

/// <summary>
/// Bytes waiting to be sent on one connection, or collected for it. Small amounts stand in one pooled array, given back when empty, so an idle connection
/// owns no buffer; large ones in a chain of blocks that are neither copied when more comes nor kept when they are sent:
/// <code>
/// [full block] [full block] [last block, appended to]
///  ^ Front: sent and given back one after the other
/// </code>
/// Belongs to its loop's thread.
/// </summary>
public sealed class OutputBuffer : IBufferWriter<byte>
{
    /// <summary>Size of a block in a chain.</summary>
    internal const int BlockBytes = 1024 * 1024;

    private const int FirstSize = 1024;

    /// <summary>Less than this is copied when it moves to another buffer.</summary>
    private const int MovedFrom = 16 * 1024;

    [ThreadStatic]
    private static SystemBlock? _lent;

    private readonly object? _onDirty;
    private BufferBlock _last;
    private BlockChain? _full;
    private int _usualSize = FirstSize;
    private bool _dirty;

    /// <summary>Creates an empty buffer that tells nobody.</summary>
    public OutputBuffer()
    {
    }

    /// <summary>Creates an empty buffer.</summary>
    /// <param name="onDirty">
    /// Called once when bytes are appended after a flush: the driver notes the connection for the end of the turn.
    /// </param>
    public OutputBuffer(Action<OutputBuffer> onDirty) => _onDirty = onDirty;

    /// <summary>Creates an empty buffer of a connection, which notes itself for the end of the turn.</summary>
    internal OutputBuffer(LoopConnection owner) => _onDirty = owner;

    /// <summary>How many bytes wait.</summary>
    public long Length => (_full?.Length ?? 0) + _last.Length;

    /// <summary>The first waiting bytes: as many as stand together.</summary>
    public ReadOnlySpan<byte> Front => _full is { Count: > 0 } full ? full.First.Bytes : _last.Bytes;

    /// <summary>
    /// All waiting bytes in one piece. For small amounts: large ones are copied together, which <see cref="Front"/> and
    /// <see cref="MoveTo(OutputBuffer)"/> need not.
    /// </summary>
    /// <exception cref="OverflowException">They are more than 2 GiB.</exception>
    public ReadOnlySpan<byte> Pending
    {
        get
        {
            if (_full is { Count: > 0 })
            {
                Join();
            }

            return _last.Bytes;
        }
    }

    /// <summary>
    /// Large commands that lie in this block are appended by sharing it instead of copying them, until it is called with null. The bytes must not change
    /// any more.
    /// </summary>
    internal static void Lend(SystemBlock? block) => _lent = block;

    /// <summary>Appends a copy of <paramref name="bytes"/>.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > BufferBlock.LargestPooled)
        {
            if (_lent is { } lent && bytes.Length >= BlockBytes && lent.OffsetOf(bytes) is >= 0 and int at)
            {
                AppendBlock(BufferBlock.Of(lent, at, bytes.Length));
                return;
            }

            MakeRoom(1);
            int piece = Math.Min(bytes.Length, _last.Capacity - _last.End);
            _last.Append(bytes[..piece]);
            Noted(piece);
            bytes = bytes[piece..];
        }

        bytes.CopyTo(GetSpan(bytes.Length));
        Advance(bytes.Length);
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        _last.End += count;
        Noted(count);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _last.Room;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _last.RoomMemory;
    }

    /// <summary>The first <paramref name="count"/> bytes are done with.</summary>
    public void Consume(long count)
    {
        while (_full is { Count: > 0 } full && count >= full.First.Length)
        {
            count -= full.First.Length;
            full.DropFirst();
        }

        if (_full is { Count: > 0 } rest)
        {
            rest.Consume((int)count);
            return;
        }

        _last.Start += (int)count;
        if (_last.Start == _last.End)
        {
            Release();
        }
    }

    /// <summary>Appends all of it to <paramref name="target"/> and is empty then; what is large is handed over, not copied.</summary>
    public void MoveTo(OutputBuffer target)
    {
        if (Length < MovedFrom)
        {
            target.Append(Pending);
        }
        else
        {
            for (; _full is { Count: > 0 } full; full.TakeFirst())
            {
                target.AppendBlock(full.First);
            }

            target.AppendBlock(_last);
            _last = default;
        }

        Release();
    }

    /// <summary>Appends the first <paramref name="count"/> bytes to <paramref name="target"/>; whole blocks are handed over, not copied.</summary>
    public void MoveTo(OutputBuffer target, long count)
    {
        while (count > 0)
        {
            if (_full is { Count: > 0 } full && full.First.Length <= count && full.First.Length >= MovedFrom)
            {
                BufferBlock block = full.First;
                full.TakeFirst();
                target.AppendBlock(block);
                count -= block.Length;
            }
            else
            {
                ReadOnlySpan<byte> front = Front;
                front = front[..(int)Math.Min(front.Length, count)];
                target.Append(front);
                count -= front.Length;
                Consume(front.Length);
            }
        }
    }

    /// <summary>Copies the first waiting bytes, as many as fit; returns how many.</summary>
    public int Peek(Span<byte> target)
    {
        int copied = 0;
        for (int i = 0; _full is { } full && i < full.Count && copied < target.Length; i++)
        {
            copied += full[i].CopyTo(target[copied..]);
        }

        return copied + _last.CopyTo(target[copied..]);
    }

    /// <summary>Drops what stands behind the first <paramref name="length"/> bytes.</summary>
    public void Truncate(long length)
    {
        long excess = Length - length;
        while (excess > 0 && excess >= _last.Length && _full is { Count: > 0 } full)
        {
            excess -= _last.Length;
            _last.Return();
            _last = full.TakeLast();
        }

        _last.End -= (int)excess;
        if (Length == 0)
        {
            Release();
        }
    }

    /// <summary>The driver has taken note of the waiting bytes; the next append tells it again.</summary>
    public void MarkClean() => _dirty = false;

    /// <summary>Drops everything and gives the memory back.</summary>
    public void Release()
    {
        _full?.Release();
        _full = null;
        if (_last.Capacity > 0)
        {
            // What was needed last is rented at once next time, instead of growing there step by step.
            _usualSize = Math.Clamp(_last.End, FirstSize, BufferBlock.LargestPooled);
            _last.Return();
        }
    }

    private void Noted(int count)
    {
        if (_dirty || count == 0)
        {
            return;
        }

        _dirty = true;
        if (_onDirty is LoopConnection connection)
        {
            connection.NoteOutput();
        }
        else
        {
            (_onDirty as Action<OutputBuffer>)?.Invoke(this);
        }
    }

    private void AppendBlock(BufferBlock block)
    {
        if (block.Length == 0)
        {
            block.Return();
            return;
        }

        int length = block.Length;
        SetLastAside();

        // Behind a shared block nothing may be written; an empty one follows it when there is something to write.
        if (block.System is { IsShared: true })
        {
            (_full ??= new BlockChain()).Add(block);
        }
        else
        {
            _last = block;
        }

        Noted(length);
    }

    private void SetLastAside()
    {
        if (_last.Length > 0)
        {
            (_full ??= new BlockChain()).Add(_last);
            _last = default;
        }
        else
        {
            _last.Return();
        }
    }

    private void MakeRoom(int count)
    {
        if (_last.Capacity - _last.End >= count)
        {
            return;
        }

        int waiting = _last.Length;
        int needed = checked(waiting + count);
        if (_full is { Count: > 0 } || needed > BufferBlock.LargestPooled)
        {
            SetLastAside();
            _last = BufferBlock.Rent(Math.Max(count, _full is null ? _usualSize : BlockBytes));
        }
        else if (_last.Start > 0 && needed <= _last.Capacity && _last.Start >= waiting)
        {
            _last.Compact();
        }
        else
        {
            _last.Resize(Math.Max(_usualSize, Math.Min(BufferBlock.LargestPooled, Math.Max(needed, 2 * _last.Capacity))));
        }
    }

    private void Join()
    {
        BufferBlock all = BufferBlock.Rent(checked((int)Length));
        for (; _full is { Count: > 0 } full; full.DropFirst())
        {
            all.Append(full.First.Bytes);
        }

        all.Append(_last.Bytes);
        _last.Return();
        _last = all;
    }
}
