using System.Net;

namespace Baton.Client.Tests.Kit;

/// <summary>The client's end of a connection in memory.</summary>
internal sealed class MemoryTransport : ITransport
{
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _received = new();
    private readonly DelayLine _toServer;
    private Memory<byte> _buffer;
    private int _offset;
    private TaskCompletionSource<int>? _receiving;
    private TaskCompletionSource? _sending;
    private Exception? _failure;
    private bool _hasEnded;

    public MemoryTransport(EndPoint? remote, TimeProvider time, Action<byte[]?> toServer)
    {
        RemoteEndPoint = remote;
        _toServer = new DelayLine(time, toServer);
    }

    /// <inheritdoc/>
    public EndPoint? RemoteEndPoint { get; }

    /// <summary>The way to the server.</summary>
    public DelayLine ToServer => _toServer;

    /// <summary>Most bytes one receive gives, so that frames are cut anywhere.</summary>
    public int MostBytesAtOnce { get; set; } = int.MaxValue;

    /// <summary>Sends go on only when this is unset: the server does not read.</summary>
    public bool IsSendBlocked { get; set; }

    /// <summary>What a send ends with from now on, while what comes is read as ever; null for nothing.</summary>
    public Exception? SendFailure { get; set; }

    /// <summary>True once the client has closed it.</summary>
    public bool IsAborted { get; private set; }

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                return ValueTask.FromException<int>(_failure);
            }

            _buffer = buffer;
            if (_received.Count > 0 || _hasEnded)
            {
                return new ValueTask<int>(Take_NeedsLock());
            }

            _receiving = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask<int>(_receiving.Task);
        }
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        TaskCompletionSource? blocked = null;
        lock (_gate)
        {
            if ((_failure ?? SendFailure) is { } failure)
            {
                return ValueTask.FromException(failure);
            }

            if (IsSendBlocked)
            {
                blocked = _sending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        if (blocked is not null)
        {
            return new ValueTask(SendWhenUnblockedAsync(blocked.Task, bytes));
        }

        _toServer.Send(bytes.ToArray());
        return default;
    }

    /// <summary>Lets blocked sends go on.</summary>
    public void Unblock()
    {
        IsSendBlocked = false;
        _sending?.TrySetResult();
    }

    /// <inheritdoc/>
    public void Abort()
    {
        lock (_gate)
        {
            if (IsAborted)
            {
                return;
            }

            IsAborted = true;
        }

        Fail(new ObjectDisposedException(nameof(MemoryTransport)));
        _toServer.Send(null);
    }

    /// <summary>Bytes arrive; null is the end.</summary>
    public void Arrive(byte[]? bytes)
    {
        lock (_gate)
        {
            if (bytes is null)
            {
                _hasEnded = true;
            }
            else if (!_hasEnded)
            {
                _received.Enqueue(bytes);
            }

            Complete_NeedsLock();
        }
    }

    /// <summary>The network fails: whatever waits, and whatever comes, ends with an error.</summary>
    public void Fail(Exception error)
    {
        lock (_gate)
        {
            _failure ??= error;
            _receiving?.TrySetException(_failure);
            _receiving = null;
            _sending?.TrySetException(_failure);
        }
    }

    private async Task SendWhenUnblockedAsync(Task unblocked, ReadOnlyMemory<byte> bytes)
    {
        await unblocked;
        _toServer.Send(bytes.ToArray());
    }

    private void Complete_NeedsLock()
    {
        if (_receiving is { } receiving)
        {
            _receiving = null;
            receiving.TrySetResult(Take_NeedsLock());
        }
    }

    private int Take_NeedsLock()
    {
        if (!_received.TryPeek(out var first))
        {
            return 0;
        }

        var count = Math.Min(Math.Min(first.Length - _offset, _buffer.Length), MostBytesAtOnce);
        first.AsSpan(_offset, count).CopyTo(_buffer.Span);
        _offset += count;
        if (_offset == first.Length)
        {
            _received.Dequeue();
            _offset = 0;
        }

        return count;
    }
}
