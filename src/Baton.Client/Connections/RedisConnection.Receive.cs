using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>The receiving half: frames to the commands that wait, in order; pushes to the owner.</summary>
internal sealed partial class RedisConnection
{
    /// <summary>
    /// True on a connection that is subscribed with RESP2, where messages come as arrays: then the owner decides what an array is.
    /// </summary>
    public bool ArraysMayBeMessages { get; set; }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var count = await _transport.ReceiveAsync(_received.Room()).ConfigureAwait(false);
                if (count == 0)
                {
                    Close(CloseReason.ClosedByServer);
                    return;
                }

                _received.Received(count);
                Volatile.Write(ref _lastReceivedMs, _clock.NowMs);
                if (ReadFrames() is { } error)
                {
                    Close(CloseReason.ProtocolError, new RespFormatException(error));
                    return;
                }
            }
        }
        catch (Exception e) when (IsTransportError(e))
        {
            Close(CloseReason.NetworkError, e);
        }
        catch (Exception e)
        {
            // A mistake of ours must not leave callers waiting on a reader that is gone.
            Close(CloseReason.ProtocolError, e);
            throw;
        }
    }

    /// <summary>What is wrong with the bytes, null for nothing.</summary>
    private string? ReadFrames()
    {
        while (true)
        {
            switch (_received.TryRead(out var frame))
            {
                case ScanStatus.NeedMore:
                    return null;
                case ScanStatus.Invalid:
                    return _received.Error;
            }

            if (_received.Kind == '>' || (ArraysMayBeMessages && _received.Kind == '*' && IsMessage(frame)))
            {
                _owner.OnPush(this, frame);
            }
            else if (!TryAnswer(frame))
            {
                return "the server sent a reply that no command waits for";
            }
        }
    }

    private bool TryAnswer(ReadOnlySpan<byte> frame)
    {
        if (_window.Peek() is not { } command)
        {
            return State == ConnectionState.Closed;
        }

        return !command.OnReply(frame) || _window.TryRemove(command) || State == ConnectionState.Closed;
    }

    /// <summary><c>*3 message channel payload</c>, and confirmations, which RESP2 sends as arrays too.</summary>
    private static bool IsMessage(ReadOnlySpan<byte> frame)
    {
        var reader = new RespReader(frame);
        return reader.Read() && reader.Count >= 3 && reader.Read()
            && (reader.Value.EndsWith("message"u8) || reader.Value.EndsWith("subscribe"u8));
    }
}
