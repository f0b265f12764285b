using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;

namespace Baton.TestKit.Memory;

/// <summary>
/// A driver without sockets, threads or real time: connections are byte queues, every step is chosen by a seeded random, and the clock jumps to the
/// next timer when nothing else is left. Whoever calls <see cref="RunUntil"/> is the thread of all loops.
/// </summary>
public sealed class MemoryDriver : IProxyDriver
{
    private const int MaxIdleSpins = 2_000_000;

    /// <summary>Tests run on pool threads too, and look while they wait: what completes their tasks must find another thread at once.</summary>
    private const int PoolThreads = 64;

    /// <summary>Looks at an idle world before its time moves on.</summary>
    private const int Spins = 4_000;

    /// <summary>The same while a task is waited for: what completes it may run on a pool thread, and a busy machine gives that its turn late.</summary>
    private const int TaskSpins = 20_000;

    private readonly MemoryLoop[] _loops;
    private readonly Dictionary<string, AcceptHandler> _servers = [];
    private readonly List<MemoryPipe> _pipes = [];
    private readonly HashSet<string> _blackHoles = [];
    private int _nextLoop;
    private int _nextPort = 30_000;

    static MemoryDriver()
    {
        ThreadPool.GetMinThreads(out int workers, out int completions);
        ThreadPool.SetMinThreads(Math.Max(workers, PoolThreads), completions);
    }

    /// <summary>Creates the loops.</summary>
    /// <param name="seed">Chooses the order of steps and where bytes are cut; print it.</param>
    /// <param name="loops">How many proxy loops.</param>
    public MemoryDriver(int seed, int loops = 1)
    {
        Random = new Random(seed);
        _loops = [.. Enumerable.Range(0, loops).Select(index => new MemoryLoop(this, index))];
        Outside = new MemoryLoop(this, -1);
    }

    /// <summary>The one source of chance.</summary>
    public Random Random { get; }

    /// <summary>The clock of every loop.</summary>
    public VirtualClock Clock { get; } = new();

    /// <summary>Where connections that are made from now on come from.</summary>
    public IPAddress ClientHost { get; set; } = IPAddress.Loopback;

    /// <summary>Most bytes handed over at once: 1 cuts everything everywhere. Default: no limit.</summary>
    public int MaxChunk { get; set; } = int.MaxValue;

    /// <summary>Bytes allocated on the heap while the proxy's own handlers took what was received.</summary>
    public long AllocatedByProxy { get; internal set; }

    /// <summary>What the proxy's loops have done: posted actions, timers, pieces of input.</summary>
    public long DoneByProxy { get; internal set; }

    /// <inheritdoc/>
    public IReadOnlyList<ILoop> Loops => _loops;

    /// <summary>The loop of what is not the proxy: fake engines, clients.</summary>
    public ILoop Outside { get; }

    /// <inheritdoc/>
    public IListener Listen(IPEndPoint address, AcceptHandler accept) => Serve(address, (_, connection) =>
    {
        MemoryLoop loop = _loops[_nextLoop++ % _loops.Length];
        ((MemoryConnection)connection).Loop = loop;
        return accept(loop, connection);
    });

    /// <summary>Listens outside the proxy: a fake engine.</summary>
    public IListener Serve(IPEndPoint address, AcceptHandler accept)
    {
        IPEndPoint bound = new(address.Address, address.Port == 0 ? _nextPort++ : address.Port);
        return _servers.TryAdd(bound.ToString(), accept)
            ? new MemoryListener(this, bound)
            : throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    /// <summary>Connects to an address are not answered from now on (or are again).</summary>
    public void BlackHole(EndPoint address, bool on = true) => _ = on ? _blackHoles.Add(address.ToString()!) : _blackHoles.Remove(address.ToString()!);

    /// <summary>Runs until the task is done; returns its result.</summary>
    /// <exception cref="InvalidOperationException">Nothing is left to do and the task is not done: it would have hung.</exception>
    public T RunUntil<T>(Task<T> task, long limitMs = 60_000)
    {
        RunUntil(() => task.IsCompleted, limitMs, TaskSpins);
        return task.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="RunUntil{T}(Task{T}, long)"/>
    public void RunUntil(Task task, long limitMs = 60_000)
    {
        RunUntil(() => task.IsCompleted, limitMs, TaskSpins);
        task.GetAwaiter().GetResult();
    }

    /// <summary>Runs until the condition holds.</summary>
    public void RunUntil(Func<bool> condition, long limitMs = 60_000) => RunUntil(condition, limitMs, Spins);

    private void RunUntil(Func<bool> condition, long limitMs, int patience)
    {
        long end = Clock.NowMs + limitMs;
        int spins = 0;
        while (!condition())
        {
            if (Step())
            {
                spins = 0;
                continue;
            }

            // Continuations of tasks run on pool threads and may post; give them a moment before time moves on.
            if (spins++ < patience)
            {
                Thread.Yield();
                continue;
            }

            if (Clock.NowMs < end && MoveClock(end))
            {
                continue;
            }

            if (spins > MaxIdleSpins)
            {
                throw new InvalidOperationException($"Nothing is left to do at {Clock.NowMs} ms (virtual) and the condition does not hold: it would hang.");
            }

            Thread.Yield();
        }
    }

    /// <summary>Runs until nothing is left to do but waiting for timers.</summary>
    public void Settle()
    {
        while (Step())
        {
        }
    }

    /// <summary>Lets virtual time pass, doing what comes up.</summary>
    public void Advance(long milliseconds)
    {
        long end = Clock.NowMs + milliseconds;
        do
        {
            Settle();
        }
        while (MoveClock(end));
        Clock.MoveTo(end);
        Settle();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal MemoryConnection Connect(MemoryLoop loop, EndPoint address, IConnectionHandler handler)
    {
        MemoryConnection near = new(this, loop, new IPEndPoint(ClientHost, _nextPort++), address) { Handler = handler };
        if (_blackHoles.Contains(address.ToString()!))
        {
            return near;
        }

        loop.Post(() =>
        {
            if (near.IsClosed)
            {
                return;
            }

            if (!_servers.TryGetValue(address.ToString()!, out AcceptHandler? accept))
            {
                near.Fail(CloseReason.SocketError, "connection refused");
                return;
            }

            MemoryConnection far = new(this, (MemoryLoop)Outside, address, near.LocalAddress!);
            MemoryPipe.Join(_pipes, near, far);
            far.Handler = accept(Outside, far);
            near.Handler.OnConnected();
        });
        return near;
    }

    internal void Stop(IPEndPoint address) => _servers.Remove(address.ToString());

    private bool Step()
    {
        bool any = false;
        foreach (MemoryLoop loop in _loops)
        {
            any |= loop.RunPosted();
        }

        any |= ((MemoryLoop)Outside).RunPosted();
        _pipes.RemoveAll(static pipe => pipe.IsOver);
        if (_pipes.Count > 0)
        {
            // One pipe in a random order each; all get their turn, so nothing starves.
            MemoryPipe[] order = [.. _pipes];
            Random.Shuffle(order);
            foreach (MemoryPipe pipe in order)
            {
                any |= pipe.Move(Random, MaxChunk);
            }
        }

        return any;
    }

    private bool MoveClock(long end)
    {
        long next = Math.Min(((MemoryLoop)Outside).NextTimerMs, _loops.Min(static loop => loop.NextTimerMs));
        if (next > end)
        {
            return false;
        }

        Clock.MoveTo(next);
        foreach (MemoryLoop loop in _loops)
        {
            loop.RunTimers();
        }

        ((MemoryLoop)Outside).RunTimers();
        return true;
    }

    private sealed class MemoryListener(MemoryDriver driver, IPEndPoint address) : IListener
    {
        public IPEndPoint Address => address;

        public void Dispose() => driver.Stop(address);
    }
}
