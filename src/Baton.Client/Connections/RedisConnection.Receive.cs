using System.Runtime.CompilerServices;
using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>The receiving half: frames to the commands that wait, in order; pushes to the owner.</summary>
internal sealed partial class RedisConnection
{
    /// <summary>
    /// True on a connection that is subscribed with RESP2, where messages come as arrays: then the owner decides what an array is.
    /// </summary>
    public bool ArraysMayBeMessages { get; set; }

    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _receiving;

    /// <summary>Another thread reads from now on; the number is the reader's turn.</summary>
    public void StartReader(int turn) =>
        new Thread(() => ReadOnThread((IBlockingTransport)_transport, turn)) { IsBackground = true, Name = $"redis {Endpoint}" }.UnsafeStart();

    /// <summary>Receives, delivers, and sends what was asked thereupon, all on this thread, until the end or until it is relieved.</summary>
    private void ReadOnThread(IBlockingTransport transport, int turn)
    {
        do
        {
            if (!TryRead(transport))
            {
                DeliverElsewhere();
                return;
            }
        }
        while (_deliveries.DeliverBeforeReading(turn));
    }

    /// <summary>
    /// Begins the next receive, and then delivers the results of the last one: by then somebody else may be reading, so that a caller's code holds up
    /// nobody's replies. Bytes that are there already are read first, and the results delivered elsewhere.
    /// </summary>
    private void Receive()
    {
        while (true)
        {
            if (!TryBeginReceive())
            {
                DeliverElsewhere();
                return;
            }

            if (!_receiving.IsCompleted)
            {
                var hasResults = _deliveries.Publish();
                _receiving.UnsafeOnCompleted(_onReceived);
                if (hasResults)
                {
                    _deliveries.Execute();
                }

                return;
            }

            DeliverElsewhere();
            if (!TryRead(null))
            {
                DeliverElsewhere();
                return;
            }
        }
    }

    private void OnReceived()
    {
        if (TryRead(null))
        {
            Receive();
        }
        else
        {
            DeliverElsewhere();
        }
    }

    private void DeliverElsewhere()
    {
        if (_deliveries.Publish())
        {
            ThreadPool.UnsafeQueueUserWorkItem(_deliveries, preferLocal: false);
        }
    }

    private bool TryBeginReceive()
    {
        try
        {
            var receiving = _transport.ReceiveAsync(_received.Room());
            _receiving = receiving.ConfigureAwait(false).GetAwaiter();
            return true;
        }
        catch (Exception e)
        {
            Close(IsTransportError(e) ? CloseReason.NetworkError : CloseReason.ProtocolError, e);
            return false;
        }
    }

    /// <summary>Takes what was received, or, on a thread of its own, waits for it. False when the connection has ended.</summary>
    private bool TryRead(IBlockingTransport? blocking)
    {
        try
        {
            var count = blocking is null ? _receiving.GetResult() : blocking.Receive(_received.Room());
            if (count == 0)
            {
                Close(CloseReason.ClosedByServer);
                return false;
            }

            _received.Received(count);
            Volatile.Write(ref _lastReceivedMs, _clock.NowMs);
            if (ReadFrames() is { } error)
            {
                Close(CloseReason.ProtocolError, new RespFormatException(error));
                return false;
            }

            return true;
        }
        catch (Exception e)
        {
            // A mistake of ours must not leave callers waiting on a reader that is gone.
            Close(IsTransportError(e) ? CloseReason.NetworkError : CloseReason.ProtocolError, e);
            return false;
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

        return !command.OnReply(frame, _deliveries) || _window.TryRemove(command) || State == ConnectionState.Closed;
    }

    /// <summary><c>*3 message channel payload</c>, and confirmations, which RESP2 sends as arrays too.</summary>
    private static bool IsMessage(ReadOnlySpan<byte> frame)
    {
        var reader = new RespReader(frame);
        return reader.Read() && reader.Count >= 3 && reader.Read()
            && (reader.Value.EndsWith("message"u8) || reader.Value.EndsWith("subscribe"u8));
    }
}
