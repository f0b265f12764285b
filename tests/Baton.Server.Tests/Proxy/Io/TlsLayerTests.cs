using Baton.Server.Proxy.Io;

namespace Baton.Server.Tests.Proxy.Io;

public sealed class TlsLayerOverEpollTests : TlsLayerContract
{
    private protected override ProxyDriverKind Kind => ProxyDriverKind.Epoll;
}

public sealed class TlsLayerOverSocketsTests : TlsLayerContract
{
    private protected override ProxyDriverKind Kind => ProxyDriverKind.Portable;
}
