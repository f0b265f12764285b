using System.Runtime.InteropServices;

namespace Baton.Server.Proxy.Io.Epoll;

/// <summary>
/// One epoll instance and who is behind each descriptor. Every registration has a number; an event carries descriptor and number, so
/// one that
/// was already on its way when its descriptor was closed, and perhaps given to somebody else, is seen to be stale. Belongs to its
/// loop's thread.
/// </summary>
internal sealed unsafe class EpollSet
{
    private const int MaxEvents = 512;

    /// <summary>
    /// Bytes received in one turn at which clients' events are put off to the next: hundreds that send much at the same time must not make a turn long.
    /// </summary>
    private const int MaxReceivedPerTurn = 4 * 1024 * 1024;

    // struct epoll_event { uint32 events; uint64 data; }: packed on x64 (12 bytes), aligned elsewhere (16).
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + sizeof(ulong);

    private readonly byte* _events = (byte*)NativeMemory.Alloc((nuint)(MaxEvents * EventSize));
    private readonly int _epoll;
    private (IEpollSource? Source, uint Number)[] _sources = new (IEpollSource?, uint)[64];
    private uint _lastNumber;
    private readonly EventLoop _loop;
    private int _putOff;
    private long _received;

    internal EpollSet(EventLoop loop)
    {
        _loop = loop;
        _epoll = Libc.epoll_create1(Libc.EPOLL_CLOEXEC);
        if (_epoll < 0)
        {
            throw new InvalidOperationException($"epoll_create1: {NativeSocket.Describe(NativeSocket.LastError)}");
        }
    }

    internal void Add(int fd, IEpollSource source, uint events)
    {
        if (fd >= _sources.Length)
        {
            Array.Resize(ref _sources, Math.Max(fd + 1, _sources.Length * 2));
        }

        _sources[fd] = (source, ++_lastNumber);
        if (Control(Libc.EPOLL_CTL_ADD, fd, events) != 0)
        {
            int error = NativeSocket.LastError;
            _sources[fd] = default;
            throw new InvalidOperationException($"epoll_ctl add: {NativeSocket.Describe(error)}");
        }
    }

    internal void Change(int fd, uint events) => Control(Libc.EPOLL_CTL_MOD, fd, events);

    /// <summary>Forgets a descriptor that is about to be closed, or has been (closing takes it out of the epoll instance).</summary>
    internal void Forget(int fd, IEpollSource source)
    {
        if (_sources[fd].Source == source)
        {
            _sources[fd] = default;
        }
    }

    /// <summary>A turn begins.</summary>
    internal void BeginTurn() => _received = 0;

    /// <summary>A source has received so much.</summary>
    internal void NoteReceived(long bytes) => _received += bytes;

    /// <summary>Waits and keeps what happened for <see cref="HandOut(int)"/>, behind what was put off; then it only looks.</summary>
    /// <returns>How many events.</returns>
    internal int Wait(int timeoutMs)
    {
        int before = _putOff;
        _putOff = 0;
        return before == MaxEvents
            ? before
            : before + Math.Max(0, Libc.epoll_wait(_epoll, _events + (before * EventSize), MaxEvents - before, before > 0 ? 0 : timeoutMs));
    }

    /// <summary>Gives the kept events to their sources: replies first, since they free clients who then ask again.</summary>
    internal void HandOut(int count)
    {
        _ = HandOut(count, upstream: true);
        _loop.BeginStep();
        int done = HandOut(count, upstream: false);
        _putOff = count - done;
        if (_putOff > 0)
        {
            Buffer.MemoryCopy(_events + (done * EventSize), _events, MaxEvents * EventSize, _putOff * EventSize);
        }
    }

    internal IEnumerable<IEpollSource> Sources()
    {
        foreach (var (source, _) in _sources)
        {
            if (source is not null)
            {
                yield return source;
            }
        }
    }

    internal void Close()
    {
        _ = Libc.close(_epoll);
        NativeMemory.Free(_events);
    }

    private int HandOut(int count, bool upstream)
    {
        byte* at = _events;
        for (int i = 0; i < count; i++, at += EventSize)
        {
            if (!upstream && (_received >= MaxReceivedPerTurn || _loop.IsStepLong))
            {
                return i;
            }

            ulong data = *(ulong*)(at + DataOffset);
            ref readonly var entry = ref _sources[(uint)data];
            if (entry.Source is { } source && entry.Number == (uint)(data >> 32) && source.IsUpstream == upstream)
            {
                source.OnEvents(*(uint*)at);
            }
        }

        return count;
    }

    private int Control(int operation, int fd, uint events)
    {
        byte* description = stackalloc byte[EventSize];
        *(uint*)description = events;
        *(ulong*)(description + DataOffset) = ((ulong)_sources[fd].Number << 32) | (uint)fd;
        return Libc.epoll_ctl(_epoll, operation, fd, description);
    }
}
