namespace Baton.Server.Proxy.Io;

/// <summary>
/// Bytes a client has sent and nobody has looked at yet. Commands are looked at in one piece, so the first bytes stand together (<see cref="Front"/>);
/// what a client writes ahead stands behind them in a chain of blocks and is never copied more than once:
/// <code>
/// [front: a whole command, or what has come of it] [behind: block] [block] [block]
/// </code>
/// Owns no memory while it is empty. Belongs to its loop's thread.
/// </summary>
internal sealed class InputBuffer
{
    /// <summary>Bytes the front has at most unless one command is longer.</summary>
    internal const int FrontBytes = 64 * 1024;

    private readonly OutputBuffer _behind = new();
    private BufferBlock _front;
    private int _wanted = FrontBytes;

    /// <summary>All of it.</summary>
    internal long Length => _front.Length + _behind.Length;

    /// <summary>The first bytes.</summary>
    internal ReadOnlySpan<byte> Front => _front.Bytes;

    /// <summary>The front when it is large: to be lent to who forwards what is in it.</summary>
    internal SystemBlock? FrontBlock => _front.System;

    /// <summary>More has come.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (_behind.Length == 0)
        {
            int count = (int)Math.Min(bytes.Length, Math.Max(0, (long)_wanted - _front.Length));
            AppendFront(bytes[..count]);
            bytes = bytes[count..];
        }

        if (!bytes.IsEmpty)
        {
            _behind.Append(bytes);
        }
    }

    /// <summary>
    /// The front needs so many bytes at least to go on: takes them from behind, as far as they have come, and lets what comes join them. True when the
    /// front has become longer.
    /// </summary>
    internal bool Want(long length)
    {
        _wanted = (int)Math.Min(Math.Max(FrontBytes, length), Array.MaxLength);
        int before = _front.Length;
        while (_behind.Length > 0 && _front.Length < _wanted)
        {
            ReadOnlySpan<byte> next = _behind.Front;
            int count = Math.Min(next.Length, _wanted - _front.Length);
            AppendFront(next[..count]);
            _behind.Consume(count);
        }

        return _front.Length > before;
    }

    /// <summary>The first bytes are done with.</summary>
    internal void Consume(int count)
    {
        _front.Start += count;
        if (_front.Length == 0)
        {
            _front.Return();
        }
        else if (_front.System is not null && _front.Length <= FrontBytes)
        {
            // A huge command is over and the beginning of the next one must not keep its memory.
            _front.Resize(FrontBytes);
        }

        if (count > 0)
        {
            _wanted = FrontBytes;
        }
    }

    /// <summary>Drops everything.</summary>
    internal void Release()
    {
        _front.Return();
        _behind.Release();
        _wanted = FrontBytes;
    }

    private void AppendFront(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        if (_front.Capacity - _front.End < bytes.Length)
        {
            int needed = checked(_front.Length + bytes.Length);
            if (_front.Start >= _front.Length && needed <= _front.Capacity && _front.System is not { IsShared: true })
            {
                _front.Compact();
            }
            else
            {
                // It grows with what has come, never with what was announced.
                long size = _front.System is { IsShared: true } ? needed : Math.Max((long)needed + _front.Start, 2L * _front.Capacity);
                _front.Resize((int)Math.Min(Array.MaxLength, size));
            }
        }

        _front.Append(bytes);
    }
}
