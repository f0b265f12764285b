using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Client.StackExchangeRedis;

/// <summary>
/// Follows the commands StackExchange.Redis writes, in whatever pieces: where they end, and which of them the next connection must be told
/// too. The opt-in is put into the wanted form on its way. Not thread-safe: used by whoever may write.
/// </summary>
/// <remarks>
/// <code>
/// the last command of a write is      it is
/// whole                               passed on
/// not whole, and of no interest       passed on in pieces (a huge value is never gathered)
/// not whole, and maybe of interest    kept until it is whole
/// </code>
/// </remarks>
internal sealed class RequestWatch(SessionRecord session)
{
    /// <summary>With so many bytes a command's name is known.</summary>
    private const int NameIsKnown = 64;

    private readonly RequestScanner _scanner = new();

    /// <summary>A request is an array of strings, so that this one finds its end too, without keeping it.</summary>
    private readonly ReplyScanner _tail = new();
    private byte[] _kept = [];
    private int _keptLength;
    private bool _isInTail;
    private bool _isInMulti;
    private bool _isWatching;

    /// <summary>True once something was written that no other connection can take over.</summary>
    public bool IsUnmovable { get; private set; }

    /// <summary>True when another connection can take over here: between two commands, outside of transactions.</summary>
    public bool IsClean => !_isInTail && !_isInMulti && !_isWatching && !IsUnmovable;

    /// <summary>What to send of the data. Stops at the first place where the connection may be changed, when asked to.</summary>
    public RequestPiece Next(ReadOnlyMemory<byte> memory, bool stopsWhenClean)
    {
        var data = memory.Span;
        if (IsUnmovable)
        {
            return new RequestPiece(data.Length, default, data.Length);
        }

        if (_keptLength > 0)
        {
            return Complete(data);
        }

        var position = 0;
        while (position < data.Length)
        {
            var rest = data[position..];
            if (_isInTail)
            {
                var ended = _tail.Scan(rest, out var consumed);
                position += consumed;
                _isInTail = ended == ScanStatus.NeedMore;
                IsUnmovable |= ended == ScanStatus.Invalid;
            }
            else if (_scanner.Scan(rest) is var status && status == ScanStatus.Complete)
            {
                if (Note(rest) is { } replacement)
                {
                    return new RequestPiece(position, replacement, position + _scanner.FrameLength);
                }

                position += _scanner.FrameLength;
            }
            else if (status == ScanStatus.NeedMore)
            {
                return Begin(rest, position);
            }
            else
            {
                IsUnmovable = true;
            }

            if (IsUnmovable)
            {
                return new RequestPiece(data.Length, default, data.Length);
            }

            if (stopsWhenClean && IsClean)
            {
                break;
            }
        }

        return new RequestPiece(position, default, position);
    }

    /// <summary>The last command is not whole.</summary>
    private RequestPiece Begin(ReadOnlySpan<byte> rest, int position)
    {
        if (rest.Length >= NameIsKnown && !MayBeOfInterest(rest))
        {
            _scanner.Reset();
            _isInTail = true;
            _tail.Scan(rest, out _);
            return new RequestPiece(position + rest.Length, default, position + rest.Length);
        }

        Keep(rest);
        return new RequestPiece(position, default, position + rest.Length);
    }

    /// <summary>More of the command that was kept.</summary>
    private RequestPiece Complete(ReadOnlySpan<byte> data)
    {
        var before = _keptLength;
        Keep(data);
        var kept = _kept.AsMemory(0, _keptLength);
        var status = _scanner.Scan(kept.Span);
        if (status == ScanStatus.NeedMore)
        {
            if (_keptLength < NameIsKnown || MayBeOfInterest(kept.Span))
            {
                return new RequestPiece(0, default, data.Length);
            }

            _scanner.Reset();
            _isInTail = true;
            _tail.Scan(kept.Span, out _);
        }

        _keptLength = 0;
        IsUnmovable |= status == ScanStatus.Invalid;
        return status != ScanStatus.Complete
            ? new RequestPiece(0, kept, data.Length)
            : new RequestPiece(0, Note(kept.Span) ?? kept[.._scanner.FrameLength], _scanner.FrameLength - before);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_kept.Length < _keptLength + bytes.Length)
        {
            Array.Resize(ref _kept, Math.Max(256, (_keptLength + bytes.Length) * 2));
        }

        bytes.CopyTo(_kept.AsSpan(_keptLength));
        _keptLength += bytes.Length;
    }

    /// <summary>Notes a whole command; what to send instead, null for itself.</summary>
    private byte[]? Note(ReadOnlySpan<byte> frame)
    {
        if (_scanner.ArgumentCount == 0)
        {
            return null;
        }

        var word = SessionWords.Find(_scanner.Argument(frame, 0));
        switch (word)
        {
            case SessionWord.None:
                return null;
            case SessionWord.Multi:
                _isInMulti = true;
                return null;
            case SessionWord.Watch:
                _isWatching = true;
                return null;
            case SessionWord.EndMulti:
                _isInMulti = _isWatching = false;
                return null;
            case SessionWord.Unwatch:
                _isWatching = _isInMulti && _isWatching;
                return null;
            case SessionWord.Unmovable:
                IsUnmovable = true;
                return null;
            default:
                var arguments = new byte[_scanner.ArgumentCount][];
                for (var index = 0; index < arguments.Length; index++)
                {
                    arguments[index] = _scanner.Argument(frame, index).ToArray();
                }

                IsUnmovable |= word == SessionWord.Client && arguments.Length > 1 && Ascii.EqualsIgnoreCase(arguments[1], "REPLY"u8);
                return session.Note(word, arguments);
        }
    }

    /// <summary>The name is among the session words, or cannot be read.</summary>
    private static bool MayBeOfInterest(ReadOnlySpan<byte> begun)
    {
        var line = begun.IndexOf((byte)'\n');
        var rest = begun[(line + 1)..];
        var length = rest.IndexOf((byte)'\n');
        if (line < 0 || length < 0)
        {
            return true;
        }

        var name = rest[(length + 1)..];
        var end = name.IndexOf((byte)'\r');
        return end < 0 ? name.Length <= SessionWords.Longest : SessionWords.Find(name[..end]) != SessionWord.None;
    }
}
