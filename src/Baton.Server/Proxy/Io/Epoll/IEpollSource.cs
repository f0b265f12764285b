namespace Baton.Server.Proxy.Io.Epoll;

/// <summary>Something with a file descriptor that a loop watches.</summary>
internal interface IEpollSource
{
    /// <summary>Its events are handed out before those of the others.</summary>
    bool IsUpstream { get; }

    /// <summary>The events that are pending (EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP).</summary>
    void OnEvents(uint events);
}
