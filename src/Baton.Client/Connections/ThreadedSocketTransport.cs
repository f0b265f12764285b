using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Baton.Client;

/// <summary>
/// Bytes over a socket that stays in blocking mode: one thread waits in <c>recv</c> and is woken by the kernel, without an event thread and a pool
/// thread in between; <c>send</c> never waits on a caller's thread. Linux only.
/// </summary>
internal sealed partial class ThreadedSocketTransport(Socket socket) : IBlockingTransport
{
    /// <summary>The thread beyond these in a process would not be worth its stack: further connections are read by the pool.</summary>
    private const int MostThreads = 64;

    // From <sys/socket.h>; the same on every architecture .NET runs on with Linux.
    private const int DoNotWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int Eagain = 11;
    private const int Eintr = 4;

    private static int _threads;

    /// <summary>The owner and whoever is in a call of the socket; the last one disposes it, so that the end is orderly (FIN, not RST).</summary>
    private int _users = 1;
    private int _isAborted;

    /// <inheritdoc/>
    public EndPoint? RemoteEndPoint { get; } = SocketTransport.NormalizedRemote(socket);

    /// <summary>Reserves a thread of the process.</summary>
    public static bool TryReserve()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        if (Interlocked.Increment(ref _threads) <= MostThreads)
        {
            return true;
        }

        Interlocked.Decrement(ref _threads);
        return false;
    }

    /// <summary>Gives a reservation back that came to nothing.</summary>
    public static void CancelReservation() => Interlocked.Decrement(ref _threads);

    /// <inheritdoc/>
    public int Receive(Memory<byte> buffer)
    {
        if (!TryEnter())
        {
            return 0;
        }

        try
        {
            return socket.Receive(buffer.Span, SocketFlags.None);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => throw new NotSupportedException("Its reader has a thread of its own.");

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(!TryEnter(), socket);
        var isDone = true;
        try
        {
            var sent = SendNow(bytes.Span);
            isDone = sent == bytes.Length;
            return isDone ? default : new ValueTask(SendRestAsync(bytes[sent..]));
        }
        finally
        {
            if (isDone)
            {
                Leave();
            }
        }
    }

    /// <inheritdoc/>
    public void Abort()
    {
        if (Interlocked.Exchange(ref _isAborted, 1) != 0)
        {
            return;
        }

        Interlocked.Decrement(ref _threads);
        try
        {
            // Wakes whoever waits in a call.
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The other side has ended it already.
        }

        Leave();
    }

    /// <summary>What the kernel takes without waiting.</summary>
    private unsafe int SendNow(ReadOnlySpan<byte> bytes)
    {
        var sent = 0;
        fixed (byte* start = bytes)
        {
            while (sent < bytes.Length)
            {
                var count = Send(socket.SafeHandle, start + sent, bytes.Length - sent, DoNotWait | NoSignal);
                if (count >= 0)
                {
                    sent += (int)count;
                    continue;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case Eintr:
                        continue;
                    case Eagain:
                        return sent;
                    case var error:
                        var message = Marshal.GetPInvokeErrorMessage(error);
                        throw sent == 0 ? new NothingSentException(message) : new IOException(message);
                }
            }
        }

        return sent;
    }

    /// <summary>The other side does not read: a thread waits for it, at most one for a connection, and none of the pool's, which others need.</summary>
    private Task SendRestAsync(ReadOnlyMemory<byte> bytes) => Task.Factory.StartNew(
        () => SendRest(bytes), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void SendRest(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[socket.Send(bytes.Span, SocketFlags.None)..];
            }
        }
        finally
        {
            Leave();
        }
    }

    private bool TryEnter()
    {
        for (var users = Volatile.Read(ref _users); users > 0 && Volatile.Read(ref _isAborted) == 0;)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            socket.Dispose();
        }
    }

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static unsafe partial nint Send(SafeSocketHandle socket, byte* bytes, nint count, int flags);
}
