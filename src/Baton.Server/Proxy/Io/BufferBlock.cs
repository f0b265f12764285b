using System.Buffers;

namespace Baton.Server.Proxy.Io;

/// <summary>A piece of a buffer: an array of the pool, or for much memory of the system's; and which of its bytes are in use.</summary>
internal struct BufferBlock
{
    /// <summary>Up to this size arrays are pooled; what is larger comes from the system and goes back there.</summary>
    internal const int LargestPooled = 256 * 1024;

    private byte[]? _array;
    private SystemBlock? _system;

    /// <summary>The first byte in use.</summary>
    internal int Start;

    /// <summary>Behind the last byte in use.</summary>
    internal int End;

    /// <summary>Bytes in use.</summary>
    internal readonly int Length => End - Start;

    /// <summary>Bytes it has room for.</summary>
    internal readonly int Capacity => _array?.Length ?? _system?.Size ?? 0;

    /// <summary>The bytes in use.</summary>
    internal readonly ReadOnlySpan<byte> Bytes => All[Start..End];

    /// <summary>The bytes behind them.</summary>
    internal readonly Span<byte> Room => All[End..];

    /// <summary>The same, as memory.</summary>
    internal readonly Memory<byte> RoomMemory => _array is { } array ? array.AsMemory(End) : _system?.Memory[End..] ?? default;

    /// <summary>The system's block, if it is one.</summary>
    internal readonly SystemBlock? System => _system;

    private readonly Span<byte> All => _array is { } array ? array : _system is { } system ? system.Bytes : default;

    /// <summary>A block with room for so many bytes.</summary>
    internal static BufferBlock Rent(int size) => size <= LargestPooled
        ? new BufferBlock { _array = ArrayPool<byte>.Shared.Rent(size) }
        : new BufferBlock { _system = new SystemBlock(size) };

    /// <summary>A part of somebody else's block; it is not written to.</summary>
    internal static BufferBlock Of(SystemBlock shared, int start, int length) =>
        new() { _system = shared.Share(), Start = start, End = start + length };

    /// <summary>Copies the first bytes, as many as fit; returns how many.</summary>
    internal readonly int CopyTo(Span<byte> target)
    {
        int count = Math.Min(Length, target.Length);
        Bytes[..count].CopyTo(target);
        return count;
    }

    /// <summary>Appends what has room.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room);
        End += bytes.Length;
    }

    /// <summary>Moves the bytes in use to the beginning.</summary>
    internal void Compact()
    {
        int length = Length;
        All[Start..End].CopyTo(All);
        (Start, End) = (0, length);
    }

    /// <summary>Room for so many bytes in all; the bytes in use stay together and come to stand at the beginning.</summary>
    internal void Resize(int size)
    {
        if (_system is { IsShared: false } own && size > own.Size)
        {
            own.Grow(size);
            return;
        }

        BufferBlock larger = Rent(size);
        larger.Append(Bytes);
        Return();
        this = larger;
    }

    /// <summary>Gives the memory back.</summary>
    internal void Return()
    {
        if (_array is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }

        _system?.Release();
        this = default;
    }
}
