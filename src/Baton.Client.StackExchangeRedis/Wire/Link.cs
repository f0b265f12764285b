using System.Net;
using System.Runtime.CompilerServices;
using Baton.Protocol.Resp;

namespace Baton.Client.StackExchangeRedis;

/// <summary>
/// One connection to a server, for its lifetime, and what has come from it. Replies are passed on in whatever pieces they arrive; frames the judge
/// wants to see (pushes, and what the adapter has asked for itself) are kept until they are whole. One reader and one writer at a time.
/// </summary>
/// <remarks>
/// <code>
/// the buffer     | taken | to be taken | a frame to be seen, not whole yet | room |
///                        _from         _to = its start                     _end
/// </code>
/// </remarks>
internal sealed class Link(long id, ITransport transport, RedisEndpoint place, TimeProvider time) : IDisposable
{
    /// <summary>So long after a failed send the reader may take to what the server said before its end.</summary>
    private static readonly TimeSpan LastRead = TimeSpan.FromMilliseconds(250);

    private const int UsualSize = 32 * 1024;

    /// <summary>Less room than this at the end is not worth a receive.</summary>
    private const int LeastRoom = 4 * 1024;

    private readonly ReplyScanner _scanner = new();
    private byte[] _bytes = new byte[UsualSize];
    private int _from;
    private int _to;
    private int _scanned;
    private int _end;
    private bool _isSeen;
    private bool _isUnreadable;
    private byte[] _ahead = [];
    private int _aheadTaken;
    private int _isEnding;

    /// <summary>For logs.</summary>
    public long Id => id;

    /// <summary>Where it was to lead.</summary>
    public RedisEndpoint Place => place;

    /// <summary>The other side's address; null when it has none.</summary>
    public EndPoint? Remote { get; } = transport.RemoteEndPoint;

    /// <summary>True when its last frame was taken.</summary>
    public bool IsDrained { get; private set; }

    /// <summary>True when the other side has ended it.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Sends all of the bytes.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => transport.SendAsync(bytes);

    /// <summary>
    /// Sends what StackExchange.Redis writes. That it could not be sent is learnt where it reads: a server that closes has said its last before, the
    /// announcement of a move perhaps, and a write that fails would end the stream unread.
    /// </summary>
    public ValueTask PassAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var sending = transport.SendAsync(bytes);
            return sending.IsCompletedSuccessfully ? default : PassRestAsync(sending);
        }
        catch (Exception e) when (Connector.IsConnectFailure(e))
        {
            EndSoon();
            return default;
        }
    }

    /// <summary>Frames that were read in advance come before what is read from now on.</summary>
    public void PutAhead(byte[] frames) => (_ahead, _aheadTaken) = (frames, 0);

    /// <summary>Goes on after its last frame: it serves on.</summary>
    public void Resume() => IsDrained = false;

    /// <summary>Waits for more.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask ReceiveAsync()
    {
        MakeRoom();
        var receiving = transport.ReceiveAsync(_bytes.AsMemory(_end));
        var count = await receiving.ConfigureAwait(false);
        _end += count;
        HasEnded = count == 0;
    }

    /// <summary>Copies what may be passed on. 0: more must be received first (or it is drained).</summary>
    public int Take(Span<byte> target, IFrameJudge judge)
    {
        if (_aheadTaken < _ahead.Length)
        {
            var ahead = _ahead.AsSpan(_aheadTaken);
            var part = Math.Min(ahead.Length, target.Length);
            ahead[..part].CopyTo(target);
            _aheadTaken += part;
            return part;
        }

        _ahead = [];
        _aheadTaken = 0;
        if (_from == _to)
        {
            ScanOn(judge);
        }

        var count = Math.Min(_to - _from, target.Length);
        _bytes.AsSpan(_from, count).CopyTo(target);
        _from += count;
        return count;
    }

    /// <summary>The next whole frame, for a greeting. It lives until the next receive.</summary>
    /// <exception cref="RespFormatException">The bytes are not RESP.</exception>
    public bool TryReadFrame(out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (_scanned == _end)
        {
            return false;
        }

        // A frame that is not whole when the greeting is over is looked at by the judge.
        _isSeen = true;
        var status = _scanner.Scan(_bytes.AsSpan(_scanned, _end - _scanned), out var consumed);
        _scanned += consumed;
        if (status == ScanStatus.Invalid)
        {
            throw new RespFormatException(_scanner.Error!);
        }

        if (status == ScanStatus.Complete)
        {
            frame = _bytes.AsSpan(_to, _scanned - _to);
            _from = _to = _scanned;
        }

        return status == ScanStatus.Complete;
    }

    /// <inheritdoc/>
    public void Dispose() => transport.Abort();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask PassRestAsync(ValueTask sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception e) when (Connector.IsConnectFailure(e))
        {
            EndSoon();
        }
    }

    private async void EndSoon()
    {
        if (Interlocked.Exchange(ref _isEnding, 1) == 0)
        {
            await Task.Delay(LastRead, time).ConfigureAwait(false);
            transport.Abort();
        }
    }

    private void ScanOn(IFrameJudge judge)
    {
        while (_scanned < _end && !IsDrained)
        {
            if (_isUnreadable)
            {
                _to = _scanned = _end;
                return;
            }

            if (!_scanner.InsideFrame)
            {
                _isSeen = judge.MustSee(_bytes[_scanned]);
            }

            var status = _scanner.Scan(_bytes.AsSpan(_scanned, _end - _scanned), out var consumed);
            _scanned += consumed;
            if (status == ScanStatus.Invalid)
            {
                // StackExchange.Redis shall judge by itself what it cannot read either.
                _isUnreadable = true;
                _scanned = _end;
                _to = _end;
            }
            else if (!_isSeen)
            {
                _to = _scanned;
            }
            else if (status == ScanStatus.Complete)
            {
                Settle(judge.Judge(this, _bytes.AsSpan(_to, _scanned - _to)));
            }
        }
    }

    private void Settle(FrameVerdict verdict)
    {
        if (verdict != FrameVerdict.Pass)
        {
            // What stands before the swallowed frame closes up to what comes behind it.
            var before = _to - _from;
            _bytes.AsSpan(_from, before).CopyTo(_bytes.AsSpan(_scanned - before));
            _from = _scanned - before;
        }

        _to = _scanned;
        IsDrained = verdict == FrameVerdict.Last;
    }

    private void MakeRoom()
    {
        if (_from == _end)
        {
            _from = _to = _scanned = _end = 0;
            if (_bytes.Length > UsualSize)
            {
                _bytes = new byte[UsualSize];
            }
        }
        else if (_bytes.Length - _end < LeastRoom)
        {
            var length = _end - _from;
            var target = length * 2 > _bytes.Length ? new byte[checked(_bytes.Length * 2)] : _bytes;
            _bytes.AsSpan(_from, length).CopyTo(target);
            _bytes = target;
            _to -= _from;
            _scanned -= _from;
            _end = length;
            _from = 0;
        }
    }
}
