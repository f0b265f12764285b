namespace Baton.Server.Proxy.Upstream;

/// <summary>Whoever uses an upstream link.</summary>
internal interface ILinkOwner
{
    /// <summary>Its handshake is answered; it takes commands.</summary>
    void OnLinkReady(ShardLink link);

    /// <summary>It ended; replies still owed have been failed already.</summary>
    void OnLinkClosed(ShardLink link, CloseReason reason, string detail);

    /// <summary>A whole frame no command asked for: a RESP3 push, a MONITOR line.</summary>
    void OnUnaskedFrame(ShardLink link, ReadOnlySpan<byte> frame);
}
