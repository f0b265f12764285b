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
/// What each end does with what a session is at. A peer that has finished sending (a FIN) may still read, so it gets what a plain server gives it:
/// commands it has sent are carried out and answered, and it is waited for nowhere else. A reset, CLIENT KILL and the end of a drain take all at once.
/// <code>
/// at                                    peer finished sending                               reset, killed, drain over
/// serving, MULTI open, WATCH            closed                                              closed; queued and watched are dropped
/// replies owed, EXEC, a hold, a link    answered first: each of these has its own bound     replies dropped; leaves the hold's queue, the link goes back
/// blocked (engine, proxy, all shards)   let go: an element that came first is delivered     let go; what an engine gives it meanwhile is lost
///                                       and the next command runs, else closed unanswered
/// paused by CLIENT PAUSE                answered what came before; then closed, and what    closed
///                                       is paused does not run
/// changing subscription, tracking       confirmed, then as below                            links closed
/// subscriber, monitor, tracking         closed, links with it                               closed, links with it
/// not reading its replies               closed when for <see cref="HalfClosedLimitMs"/>     closed
///                                       it took none
/// ending (QUIT, drain)                  as without it                                       closed
/// </code>
/// <see cref="CheckInputEnded"/> is that table's first column: it runs whenever bytes were looked at, a reply came, or a wait began or ended.
/// </content>
internal sealed partial class ClientSession
{
    /// <summary>How long a peer that has finished sending may take none of its replies.</summary>
    private const int HalfClosedLimitMs = 60_000;

    private CloseReason _endReason;
    private bool _ended;
    private bool _gone;
    private bool _inputEnded;
    private bool _endIsAhead;

    private IDisposable? _authenticationLimit;

    /// <summary>Where it stands among <see cref="UnauthenticatedClients"/>, whose it is.</summary>
    public LinkedListNode<(string Address, ClientSession Session)>? UnauthenticatedPlace { get; set; }

    /// <summary>Nothing more will be done for it.</summary>
    public bool HasEnded => _ended;

    /// <summary>Its peer has finished sending, or is gone, whether or not the loop has heard of it yet. Thread-safe.</summary>
    public bool PeerHasEnded => _inputEnded || _ended || _connection.HasPeerEnded;

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

    /// <summary>It has given the password or needs none; or it has yet to give it, within a time.</summary>
    public void SetAuthenticated(bool isAuthenticated)
    {
        if (State.Authenticated == isAuthenticated)
        {
            return;
        }

        State.Authenticated = isAuthenticated;
        _authenticationLimit?.Dispose();
        _authenticationLimit = null;
        if (isAuthenticated)
        {
            Database.AllLoops.Unauthenticated.Remove(this);
        }
        else
        {
            Database.AllLoops.Unauthenticated.Add(this);
            _authenticationLimit = Loop.Io.At(Loop.Io.NowMs + UnauthenticatedClients.LimitMs, CloseUnauthenticated);
        }
    }

    /// <summary>Its time is over, or another needs its place; unless it has given the password meanwhile.</summary>
    public void CloseUnauthenticated()
    {
        if (!State.Authenticated)
        {
            Close(CloseReason.Unauthenticated);
        }
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
        Database.AllLoops.Release();
        Database.AllLoops.Unauthenticated.Remove(this);
        _authenticationLimit?.Dispose();
        Database.Pause.Forget(this);
        _outputTimer?.Dispose();
        _input?.Release();
        DropSplit();
        _heldPushes?.Release();
        Replies.Abandon();
        DropDedicated();
    }

    bool IConnectionHandler.OnEndOfInput()
    {
        _inputEnded = true;
        CheckInputEnded();
        return true;
    }

    void IConnectionHandler.OnEndAhead()
    {
        _endIsAhead = true;
        CheckInputEnded();
    }

    /// <summary>The peer has finished sending: nothing is waited for that may never come, and when all it sent is done it is closed.</summary>
    private void CheckInputEnded()
    {
        if (_processing || _ended || !(_inputEnded || _endIsAhead))
        {
            return;
        }

        if (_blocked is { } blocked)
        {
            blocked.EndInput();
        }
        else if (Replies.IsEmpty && ((_inputEnded && _wait == SessionWait.None) || (_wait & SessionWait.Paused) != 0))
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
