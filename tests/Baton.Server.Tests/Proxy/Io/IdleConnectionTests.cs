using System.Collections.Immutable;
using System.Net;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Io.Epoll;
using Baton.TestKit.FakeEngine;
using Xunit;

namespace Baton.Server.Tests.Proxy.Io;

/// <summary>Tests that count the memory of the whole process: nothing may run beside them.</summary>
[CollectionDefinition(nameof(IdleConnectionTests), DisableParallelization = true)]
public sealed class AloneCollection;

/// <inheritdoc cref="AloneCollection"/>
[Collection(nameof(IdleConnectionTests))]
public sealed class IdleConnectionTests
{
    private const int Connections = 4_000;
    private const int MostBytes = 512;

    [Fact]
    public async Task An_idle_opted_in_connection_takes_half_a_kilobyte()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The epoll driver needs Linux.");
        DataPlane plane = new(ProxyDriver.Create(new ProxyDriverOptions { Kind = ProxyDriverKind.Epoll, Loops = 1 }), TimeProvider.System);
        ShardTarget nowhere = new(1, new IPEndPoint(IPAddress.Loopback, 1), "", ProxyWorld.Redis);
        DatabaseRoute route = new(1, "db1", 0, null, [new ShardRoute(1, 0, 16383, nowhere)], ProxyLimits.Default);
        await plane.PublishAsync(new ProxySnapshot(1, true, ImmutableDictionary<int, DatabaseRoute>.Empty.Add(1, route)));
        IPEndPoint address = await plane.OpenListenerAsync(1, 1, new IPEndPoint(IPAddress.Loopback, 0));
        List<int> clients = new(2 * Connections);

        await OpenAsync(plane, address, clients, 200);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await OpenAsync(plane, address, clients, Connections);
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Connections;

        clients.ForEach(static fd => Libc.close(fd));
        await plane.DisposeAsync();
        Assert.InRange(each, 1, MostBytes);
    }

    private static async Task OpenAsync(DataPlane plane, IPEndPoint address, List<int> clients, int count)
    {
        long wanted = plane.Statistics.OptedIn + count;
        for (int i = 0; i < count; i++)
        {
            (int fd, int error) = NativeSocket.StartConnect(address);
            Assert.Equal(0, error);
            clients.Add(fd);
        }

        foreach (int fd in clients[^count..])
        {
            await DriverWorld.EventuallyAsync(() => OptIn(fd), "it is connected");
        }

        await DriverWorld.EventuallyAsync(() => plane.Statistics.OptedIn == wanted, "all have opted in");
    }

    private static unsafe bool OptIn(int fd)
    {
        ReadOnlySpan<byte> commands = "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n*3\r\n$6\r\nCLIENT\r\n$19\r\nMAINT_NOTIFICATIONS\r\n$2\r\nON\r\n"u8;
        fixed (byte* native = commands)
        {
            return Libc.send(fd, native, (nuint)commands.Length, Libc.MSG_NOSIGNAL) == commands.Length;
        }
    }
}
