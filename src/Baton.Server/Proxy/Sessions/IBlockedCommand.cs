namespace Baton.Server.Proxy.Sessions;

/// <summary>A command that waits for data while its session reads nothing further. Belongs to its loop's thread.</summary>
internal interface IBlockedCommand
{
    /// <summary>The session is draining: the command is answered as if its time were over.</summary>
    void LetGo();

    /// <summary>CLIENT UNBLOCK by a client; false when it is over already.</summary>
    bool Unblock(bool withError);

    /// <summary>
    /// The client has finished sending: it gets what is there, and is not waited for. With nothing there the session is closed without a reply. May be
    /// called again.
    /// </summary>
    void EndInput();

    /// <summary>The client has gone.</summary>
    void Abandon();
}
