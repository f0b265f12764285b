using Baton.Server.Proxy.Io;
using Xunit;

namespace Baton.Server.Tests.Proxy.Io;

public sealed class EpollDriverTests : PlainProxyDriverContract
{
    private protected override ProxyDriverKind Kind => ProxyDriverKind.Epoll;

    [Fact]
    public async Task Echoing_small_messages_allocates_nothing_on_the_loop()
    {
        const int Warmup = 2_000;
        const int Messages = 100_000;
        await using var world = new DriverWorld(Kind, loops: 1);
        var loop = world.Driver.Loops[0];
        using var listener = Listen(world, (_, connection) => DriverWorld.Echo(connection));
        using var client = await DriverWorld.ConnectAsync(listener.Address);
        client.NoDelay = true;
        Exchange(Warmup);

        long before = await DriverWorld.On(loop, GC.GetAllocatedBytesForCurrentThread);
        Exchange(Messages);
        long after = await DriverWorld.On(loop, GC.GetAllocatedBytesForCurrentThread);

        // The two questions themselves allocate a little on the loop; a single byte per message would be a hundred thousand.
        Assert.InRange(after - before, 0, 2_000);

        void Exchange(int count)
        {
            Span<byte> message = stackalloc byte[32];
            for (int i = 0; i < count; i++)
            {
                client.Send(message);
                for (int got = 0; got < message.Length;)
                {
                    got += client.Receive(message[got..]);
                }
            }
        }
    }
}
