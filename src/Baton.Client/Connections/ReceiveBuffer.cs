using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>Bytes as they come, and the frames in them. A frame lies in one piece; the buffer grows for a large one and shrinks after it.</summary>
internal sealed class ReceiveBuffer(RespLimits limits)
{
    private const int UsualSize = 32 * 1024;

    /// <summary>Less room than this at the end is not worth a receive.</summary>
    private const int LeastRoom = 4 * 1024;

    private readonly ReplyScanner _scanner = new(limits);
    private byte[] _bytes = new byte[UsualSize];
    private int _frame;
    private int _scanned;
    private int _end;

    /// <summary>The type byte of the frame just found.</summary>
    public byte Kind => _scanner.Kind;

    /// <summary>What was wrong, after <see cref="ScanStatus.Invalid"/>.</summary>
    public string? Error => _scanner.Error;

    /// <summary>Where the next bytes go.</summary>
    public Memory<byte> Room()
    {
        if (_frame == _end)
        {
            _frame = _scanned = _end = 0;
            if (_bytes.Length > UsualSize)
            {
                _bytes = new byte[UsualSize];
            }
        }
        else if (_bytes.Length - _end < LeastRoom)
        {
            MakeRoom();
        }

        return _bytes.AsMemory(_end);
    }

    /// <summary>So many bytes have come.</summary>
    public void Received(int count) => _end += count;

    /// <summary>The next whole frame, which lives until <see cref="Room"/> is asked for again.</summary>
    public ScanStatus TryRead(out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (_scanned == _end)
        {
            return ScanStatus.NeedMore;
        }

        var status = _scanner.Scan(_bytes.AsSpan(_scanned, _end - _scanned), out var consumed);
        _scanned += consumed;
        if (status == ScanStatus.Complete)
        {
            frame = _bytes.AsSpan(_frame, _scanned - _frame);
            _frame = _scanned;
        }

        return status;
    }

    private void MakeRoom()
    {
        var length = _end - _frame;
        var target = length * 2 > _bytes.Length ? new byte[checked(_bytes.Length * 2)] : _bytes;
        _bytes.AsSpan(_frame, length).CopyTo(target);
        _bytes = target;
        _scanned -= _frame;
        _end = length;
        _frame = 0;
    }
}
