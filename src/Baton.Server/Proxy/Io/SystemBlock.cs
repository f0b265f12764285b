using System.Buffers;
using System.Runtime.InteropServices;
using Baton.Server.Proxy.Io.Epoll;

namespace Baton.Server.Proxy.Io;

/// <summary>
/// A large piece of memory taken from the system itself and given back to it at once: what one huge value needed does not stay with the process, as
/// it would in the array pool or until a full collection. Grows without being copied (Linux: its pages move). Several buffers may hold the same block,
/// then nobody writes to the bytes that are shared. Belongs to one loop's thread.
/// </summary>
internal sealed unsafe class SystemBlock
{
    /// <summary>A block from this size on is given back by another thread: the system needs 0.2 ms for each MiB.</summary>
    private const int FreedElsewhereFrom = 8 * 1024 * 1024;

    private static long _total;

    private byte* _bytes;
    private int _holders = 1;

    internal SystemBlock(int size)
    {
        Size = size;
        _bytes = Take(size);
        Interlocked.Add(ref _total, size);
    }

    /// <summary>Nobody released it: a buffer was dropped without <see cref="OutputBuffer.Release"/>.</summary>
    ~SystemBlock() => Free();

    /// <summary>Bytes in all blocks of the process.</summary>
    internal static long Total => Interlocked.Read(ref _total);

    /// <summary>Bytes in it.</summary>
    internal int Size { get; private set; }

    /// <summary>Held by more than one buffer.</summary>
    internal bool IsShared => _holders > 1;

    /// <summary>All of it.</summary>
    internal Span<byte> Bytes => new(_bytes, Size);

    /// <summary>All of it, for interfaces that want memory.</summary>
    internal Memory<byte> Memory => new View(this).Memory;

    /// <summary>Where <paramref name="bytes"/> begin in it, or -1 when they do not lie in it.</summary>
    internal int OffsetOf(ReadOnlySpan<byte> bytes)
    {
        long offset = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes)) - _bytes;
        return offset >= 0 && offset + bytes.Length <= Size ? (int)offset : -1;
    }

    /// <summary>One more buffer holds it.</summary>
    internal SystemBlock Share()
    {
        _holders++;
        return this;
    }

    /// <summary>Makes it larger; what is in it stays. Not while it is shared.</summary>
    internal void Grow(int size)
    {
        _bytes = OperatingSystem.IsLinux()
            ? Mapped(Libc.mremap(_bytes, (nuint)Size, (nuint)size, Libc.MREMAP_MAYMOVE), size)
            : (byte*)NativeMemory.Realloc(_bytes, (nuint)size);
        Interlocked.Add(ref _total, size - Size);
        Size = size;
    }

    /// <summary>One buffer less holds it; the last gives it back.</summary>
    internal void Release()
    {
        if (--_holders > 0)
        {
            return;
        }

        if (Size >= FreedElsewhereFrom)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static block => block.Free(), this, preferLocal: false);
        }
        else
        {
            Free();
        }
    }

    private static byte* Take(int size) => OperatingSystem.IsLinux()
        ? Mapped(Libc.mmap(null, (nuint)size, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0), size)
        : (byte*)NativeMemory.Alloc((nuint)size);

    private static byte* Mapped(void* result, int size) =>
        (nint)result == -1 ? throw new InsufficientMemoryException($"The system has no {size} bytes for a buffer.") : (byte*)result;

    private void Free()
    {
        if (_bytes is null)
        {
            return;
        }

        if (OperatingSystem.IsLinux())
        {
            _ = Libc.munmap(_bytes, (nuint)Size);
        }
        else
        {
            NativeMemory.Free(_bytes);
        }

        _bytes = null;
        Interlocked.Add(ref _total, -Size);
    }

    private sealed class View(SystemBlock block) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => block.Bytes;

        public override MemoryHandle Pin(int elementIndex = 0) => new(block._bytes + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
