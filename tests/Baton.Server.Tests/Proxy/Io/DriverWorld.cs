using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;
using Xunit;

namespace Baton.Server.Tests.Proxy.Io;

/// <summary>One driver under test, what it reported, and the bound every wait of its tests has.</summary>
internal sealed class DriverWorld : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public DriverWorld(ProxyDriverKind kind, int loops = 2, TimeProvider? time = null) => Driver = ProxyDriver.Create(new ProxyDriverOptions
    {
        Kind = kind,
        Loops = loops,
        TimeProvider = time ?? TimeProvider.System,
        Report = (what, exception) => Reports.Enqueue($"{what}: {exception?.Message}"),
    });

    public IProxyDriver Driver { get; }

    public ConcurrentQueue<string> Reports { get; } = new();

    public static IPEndPoint AnyLoopbackPort { get; } = new(IPAddress.Loopback, 0);

    public static RecordingHandler Echo(IConnection connection) => new(connection)
    {
        Receiving = static (connection, bytes) => connection.Output.Append(bytes),
    };

    /// <summary>Runs a function on a loop and gives its result.</summary>
    public static async Task<T> On<T>(ILoop loop, Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return await done.Task.WaitAsync(Limit);
    }

    /// <summary>Connects a plain client socket.</summary>
    public static async Task<Socket> ConnectAsync(EndPoint address, int receiveBuffer = 0)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        if (receiveBuffer > 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        await socket.ConnectAsync(address).WaitAsync(Limit);
        return socket;
    }

    /// <summary>Looks again and again, without sleeping a fixed time, until the condition holds or the limit has passed.</summary>
    public static async Task EventuallyAsync(Func<bool> condition, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Limit, $"not within {Limit}: {what}");
            await Task.Yield();
            Thread.Yield();
        }
    }

    /// <summary>Lets the first loop see a clock that was advanced: an action runs before the timers of its turn.</summary>
    public async Task TwoTurnsAsync()
    {
        await On(Driver.Loops[0], () => 0);
        await On(Driver.Loops[0], () => 0);
    }

    /// <summary>Why a connection ended, once it has been accepted and has ended.</summary>
    public static async Task<CloseReason> ReasonAsync(Func<RecordingHandler?> handler)
    {
        await EventuallyAsync(() => handler() is not null, "it is accepted");
        return (await handler()!.Closed.WaitAsync(Limit)).Reason;
    }

    public async ValueTask DisposeAsync()
    {
        await Driver.DisposeAsync();
        Assert.DoesNotContain(Reports, static report => report.Contains("cut short", StringComparison.Ordinal));
    }
}
