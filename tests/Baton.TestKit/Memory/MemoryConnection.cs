using System.Net;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;

namespace Baton.TestKit.Memory;

/// <summary>One end of a connection of a <see cref="MemoryDriver"/>.</summary>
public sealed class MemoryConnection : IConnection
{
    private readonly MemoryDriver _driver;
    private CloseReason? _closing;
    private bool _told;

    internal MemoryConnection(MemoryDriver driver, MemoryLoop loop, EndPoint local, EndPoint remote)
    {
        (_driver, Loop, LocalAddress, RemoteAddress) = (driver, loop, local, remote);
        Output = new OutputBuffer(static _ => { });
    }

    /// <inheritdoc/>
    public EndPoint? RemoteAddress { get; }

    /// <inheritdoc/>
    public EndPoint? LocalAddress { get; }

    /// <inheritdoc/>
    public OutputBuffer Output { get; }

    /// <summary>Its bytes are held back until this is false again: a network that stalls, a peer that does not read.</summary>
    public bool IsStalled { get; set; }

    /// <summary>Nothing moves any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>It will send no more, and still reads (a half-closed socket).</summary>
    public bool HasEndedOutput { get; private set; }

    /// <inheritdoc/>
    public bool HasPeerEnded => IsClosed || Peer is { IsClosed: true } or { HasEndedOutput: true };

    internal MemoryConnection? Peer { get; set; }

    internal bool IsPaused { get; private set; }

    /// <summary>What it had not sent is dropped.</summary>
    internal bool IsCut { get; private set; }

    internal bool IsJoined { get; set; }

    internal MemoryLoop Loop { get; set; }

    internal IConnectionHandler Handler { get; set; } = null!;

    /// <inheritdoc/>
    public void PauseReading() => IsPaused = true;

    /// <inheritdoc/>
    public void ResumeReading() => IsPaused = false;

    /// <inheritdoc/>
    public void Close(CloseReason reason, bool flush = false)
    {
        if (IsClosed || (_closing is not null && flush))
        {
            return;
        }

        _closing ??= reason;
        if (!flush || Output.Length == 0 || !IsJoined)
        {
            Finish(cut: !flush);
        }
    }

    /// <summary>Ends its own direction once what it has written is sent.</summary>
    public void EndOutput() => HasEndedOutput = true;

    /// <summary>The network cut it, or the peer closed it.</summary>
    internal void Fail(CloseReason reason, string detail)
    {
        if (!IsClosed)
        {
            _closing ??= reason;
            IsClosed = true;
            IsCut = true;
            Tell(detail);
        }
    }

    internal void NoteReceived(long allocated)
    {
        if (Loop.Index >= 0)
        {
            _driver.AllocatedByProxy += allocated;
            _driver.DoneByProxy++;
        }
    }

    internal void OnSent()
    {
        if (_closing is not null)
        {
            Finish(cut: false);
        }
        else
        {
            Handler.OnOutputDrained();
        }
    }

    private void Finish(bool cut)
    {
        IsClosed = true;
        IsCut = cut;
        Loop.Post(() => Tell(null));
    }

    private void Tell(string? detail)
    {
        if (!_told)
        {
            _told = true;
            Handler.OnClosed(_closing!.Value, detail);
        }
    }
}
