using System.Buffers;

namespace Baton.Server.Proxy.Io;

/// <summary>
/// Bytes waiting to be sent on one connection: one contiguous rented array, given back when empty, so an idle connection owns no buffer.
/// Belongs to its loop's thread.
/// </summary>
public sealed class OutputBuffer : IBufferWriter<byte>
{
    private const int FirstSize = 1024;
    private const int MostRemembered = 256 * 1024;

    private readonly Action<OutputBuffer> _onDirty;
    private byte[] _bytes = [];
    private int _start;
    private int _end;
    private int _usualSize = FirstSize;
    private bool _dirty;

    /// <summary>Creates an empty buffer.</summary>
    /// <param name="onDirty">
    /// Called once when bytes are appended after a flush: the driver notes the connection for the end of the turn.
    /// </param>
    public OutputBuffer(Action<OutputBuffer> onDirty) => _onDirty = onDirty;

    /// <summary>How many bytes wait.</summary>
    public int Length => _end - _start;

    /// <summary>The waiting bytes.</summary>
    public ReadOnlySpan<byte> Pending => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Appends a copy of <paramref name="bytes"/>.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Advance(bytes.Length);
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        _end += count;
        if (!_dirty && count > 0)
        {
            _dirty = true;
            _onDirty(this);
        }
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(_end);
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_end);
    }

    /// <summary>The driver sent the first <paramref name="count"/> bytes.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
        {
            Release();
        }
    }

    /// <summary>The driver has taken note of the waiting bytes; the next append calls <c>onDirty</c> again.</summary>
    public void MarkClean() => _dirty = false;

    /// <summary>Drops everything and gives the array back.</summary>
    public void Release()
    {
        if (_bytes.Length > 0)
        {
            // What was needed last is rented at once next time, instead of growing there step by step.
            _usualSize = Math.Clamp(_end, FirstSize, MostRemembered);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }

        _start = _end = 0;
    }

    private void MakeRoom(int count)
    {
        if (_bytes.Length - _end >= count)
        {
            return;
        }

        int waiting = Length;
        int needed = checked(waiting + count);
        if (_start > 0 && needed <= _bytes.Length && _start >= waiting)
        {
            _bytes.AsSpan(_start, waiting).CopyTo(_bytes);
        }
        else
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_usualSize, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _bytes.Length))));
            Pending.CopyTo(larger);
            if (_bytes.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_bytes);
            }

            _bytes = larger;
        }

        _start = 0;
        _end = waiting;
    }
}
