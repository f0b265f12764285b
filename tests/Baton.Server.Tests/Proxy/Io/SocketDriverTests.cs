using Baton.Server.Proxy.Io;

namespace Baton.Server.Tests.Proxy.Io;

public sealed class SocketDriverTests : PlainProxyDriverContract
{
    private protected override ProxyDriverKind Kind => ProxyDriverKind.Portable;
}
