using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Baton.Client.StackExchangeRedis;

/// <summary>
/// What StackExchange.Redis takes for its connection. Beneath it, one connection after the other. When one ends that nobody has announced, the
/// stream ends too, and StackExchange.Redis connects again through the tunnel.
/// </summary>
internal sealed class HandoffStream : Stream
{
    private readonly WriteGate _gate = new();
    private readonly ReplyJudge _judge;
    private readonly RequestWatch _watch;
    private readonly StreamHandoff _handoff;
    private readonly bool _isActive;

    public HandoffStream(HandoffSettings settings, LogicalEndpoint logical, Connector connector, Link link, ConnectionType connectionType)
    {
        _isActive = settings.IsActive;

        // StackExchange.Redis asks for notifications on the other connection only.
        var optsIn = connectionType == ConnectionType.Subscription;
        var session = new SessionRecord(settings.FormFor) { Remote = link.Remote };
        _watch = new RequestWatch(session);
        _judge = new ReplyJudge(_isActive, !optsIn);
        _handoff = new StreamHandoff(settings, logical, connector, session, _judge, _gate, () => _watch.IsClean, link, optsIn);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var link = _handoff.Reading;
            var count = link.Take(buffer.Span, _judge);
            if (count > 0)
            {
                return count;
            }

            if (link.IsDrained)
            {
                await _handoff.ReadOnAsync().ConfigureAwait(false);
            }
            else if (link.HasEnded)
            {
                _handoff.OnEnded(link);
                return 0;
            }
            else
            {
                await link.ReceiveAsync().ConfigureAwait(false);
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isActive)
        {
            return _handoff.Writing.PassAsync(buffer);
        }

        if (!_gate.TryEnter(out var held))
        {
            return WriteWhenReleasedAsync(held, buffer);
        }

        var piece = Next(buffer);
        if (piece.Send != buffer.Length)
        {
            return WritePiecesAsync(piece, buffer);
        }

        var sending = _handoff.Writing.PassAsync(buffer);
        if (!sending.IsCompletedSuccessfully)
        {
            return LeaveAfterAsync(sending);
        }

        _gate.Leave(_watch.IsClean);
        return default;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _handoff.Dispose();
        _gate.Dispose();
        base.Dispose(disposing);
    }

    private RequestPiece Next(ReadOnlyMemory<byte> bytes) => _watch.Next(bytes, _gate.IsWanted);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask LeaveAfterAsync(ValueTask sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        finally
        {
            _gate.Leave(_watch.IsClean);
        }
    }

    private async ValueTask WriteWhenReleasedAsync(Task held, ReadOnlyMemory<byte> bytes)
    {
        do
        {
            await held.ConfigureAwait(false);
        }
        while (!_gate.TryEnter(out held));
        await WritePiecesAsync(Next(bytes), bytes).ConfigureAwait(false);
    }

    private async ValueTask WritePiecesAsync(RequestPiece piece, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (true)
            {
                if (piece.Send > 0)
                {
                    await _handoff.Writing.PassAsync(bytes[..piece.Send]).ConfigureAwait(false);
                }

                if (!piece.Then.IsEmpty)
                {
                    await _handoff.Writing.PassAsync(piece.Then).ConfigureAwait(false);
                }

                bytes = bytes[piece.Consumed..];
                if (bytes.IsEmpty)
                {
                    return;
                }

                await _gate.Yield(_watch.IsClean).ConfigureAwait(false);
                piece = Next(bytes);
            }
        }
        finally
        {
            _gate.Leave(_watch.IsClean);
        }
    }
}
