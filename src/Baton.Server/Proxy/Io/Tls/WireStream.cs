using System.Threading.Tasks.Sources;

namespace Baton.Server.Proxy.Io.Tls;

/// <summary>
/// The stream an <see cref="System.Net.Security.SslStream"/> works on: the loop feeds it what came from the wire, and takes what is
/// to go there.
/// A write never waits; a read waits until it is fed. Thread-safe for one reader, one writer and the loop.
/// </summary>
internal sealed class WireStream : Stream, IValueTaskSource<int>
{
    private readonly Lock _gate = new();
    private readonly OutputBuffer _input = new(static _ => { });
    private readonly OutputBuffer _output = new(static _ => { });
    private readonly Action _onWritten;
    private readonly Action _onStarved;
    private ManualResetValueTaskSourceCore<int> _reader = new() { RunContinuationsAsynchronously = true };
    private Memory<byte> _waiting;
    private bool _isWaiting;
    private bool _hasEnded;

    /// <param name="onWritten">Something was written: take it with <see cref="MoveOutputTo"/>. On the writer's thread.</param>
    /// <param name="onStarved">A read found nothing. On the reader's thread.</param>
    internal WireStream(Action onWritten, Action onStarved) => (_onWritten, _onStarved) = (onWritten, onStarved);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Bytes fed and not read.</summary>
    internal long Unread
    {
        get
        {
            lock (_gate)
            {
                return _input.Length;
            }
        }
    }

    /// <summary>From now on a fed read goes on within <see cref="Feed"/>, on the loop: the handshake, which costs more, is over.</summary>
    internal void ContinueInline()
    {
        lock (_gate)
        {
            _reader.RunContinuationsAsynchronously = false;
        }
    }

    /// <summary>Bytes from the wire.</summary>
    internal void Feed(ReadOnlySpan<byte> bytes)
    {
        int count;
        lock (_gate)
        {
            _input.Append(bytes);
            _input.MarkClean();
            if (!_isWaiting)
            {
                return;
            }

            count = Take(_waiting.Span);
            _isWaiting = false;
        }

        _reader.SetResult(count);
    }

    /// <summary>No more will be fed; reads end with 0 once all is read.</summary>
    internal void EndInput()
    {
        lock (_gate)
        {
            _hasEnded = true;
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _reader.SetResult(0);
    }

    /// <summary>Moves what was written to the wire's buffer.</summary>
    internal void MoveOutputTo(OutputBuffer wire)
    {
        lock (_gate)
        {
            _output.MoveTo(wire);
            _output.MarkClean();
        }
    }

    /// <summary>Gives its buffers back.</summary>
    internal void Release()
    {
        lock (_gate)
        {
            _input.Release();
            _output.Release();
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            // A read of no bytes asks to be told when there are some.
            if (_input.Length > 0 || _hasEnded)
            {
                return new ValueTask<int>(Take(buffer.Span));
            }

            _reader.Reset();
            (_waiting, _isWaiting) = (buffer, true);
        }

        _onStarved();
        return new ValueTask<int>(this, _reader.Version);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Reads of the wire never block.");

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_gate)
        {
            _output.Append(buffer);
        }

        _onWritten();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return default;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _reader.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _reader.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reader.OnCompleted(continuation, state, token, flags);

    private int Take(Span<byte> target)
    {
        ReadOnlySpan<byte> next = _input.Front;
        int count = Math.Min(target.Length, next.Length);
        next[..count].CopyTo(target);
        _input.Consume(count);
        return count;
    }
}
