using Baton.Protocol.Resp;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;

namespace Baton.Server.Proxy.Sessions;

/// <content>
/// How a connection ends.
/// <code>
/// serving --QUIT, protocol error, drain--> ending (no more commands, replies still come) --all answered--> closed
/// serving, ending --peer closes, killed, slow, drain limit--> closed
/// </code>
/// </content>
internal sealed partial class ClientSession
{
    private CloseReason _endReason;
    private bool _ended;
    private bool _gone;
    private bool _inputEnded;

    /// <summary>Nothing more will be done for it.</summary>
    public bool HasEnded => _ended;

    /// <summary>It waits for nothing: not for a reply, a message or data.</summary>
    public bool IsIdle => !_ended && Replies.IsEmpty && !IsBlocked && !IsSubscriber && !IsMonitor;

    /// <summary>Takes no more commands; when the last reply has been written it is closed for <paramref name="reason"/>.</summary>
    public void End(CloseReason reason)
    {
        if (_ended || (_wait & SessionWait.Ending) != 0)
        {
            return;
        }

        _endReason = reason;
        _wait |= SessionWait.Ending;
        _blocked?.LetGo();
        if (Replies.IsEmpty)
        {
            FinishEnding();
        }
    }

    /// <summary>Closes at once; replies still owed are dropped.</summary>
    public void Close(CloseReason reason)
    {
        if (!_ended)
        {
            _ended = true;
            _connection.Close(reason);
        }
    }

    /// <summary>Closes at once, even while the last replies are still being sent.</summary>
    public void CloseNow(CloseReason reason)
    {
        _ended = true;
        _connection.Close(reason);
    }

    void IConnectionHandler.OnClosed(CloseReason reason, string? detail)
    {
        if (_gone)
        {
            return;
        }

        _gone = _ended = true;
        Loop.Connections--;
        Loop.NoteClosed(reason);
        SetOptIn(null);
        Database.Sessions.Remove(State.Id);
        Database.Share.Release();
        Database.Pause.Forget(this);
        _outputTimer?.Dispose();
        _input?.Release();
        _heldPushes?.Release();
        Replies.Abandon();
        DropDedicated();
    }

    bool IConnectionHandler.OnEndOfInput()
    {
        // What it has sent is still answered (printf ... | nc); who only listens, or waits for data, is taken to have gone.
        _inputEnded = !_ended && !IsBlocked && !IsSubscriber && !IsMonitor && !(Replies.IsEmpty && _wait == SessionWait.None);
        return _inputEnded;
    }

    private void CheckInputEnded()
    {
        if (_inputEnded && !_processing && Replies.IsEmpty && _wait == SessionWait.None)
        {
            End(CloseReason.ClosedByPeer);
        }
    }

    private void FinishEnding()
    {
        _ended = true;
        _connection.Close(_endReason, flush: true);
    }

    private void EndAfterError(string text)
    {
        LocalSlot slot = BeginReply();
        slot.Muted = false;
        RespWriter.WriteError(slot.Reply, text.StartsWith("ERR", StringComparison.Ordinal) ? text : "ERR " + text);
        slot.Complete();
        End(CloseReason.ProtocolError);
    }
}
