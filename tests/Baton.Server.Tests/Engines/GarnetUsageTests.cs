using System.Net;
using System.Net.Sockets;
using Baton.Server.Engines;
using Baton.Server.Engines.Garnet;
using Baton.Server.Engines.Wire;
using Xunit;

namespace Baton.Server.Tests.Engines;

public sealed class GarnetUsageTests
{
    [Fact]
    public async Task an_engine_that_did_not_answer_in_time_is_not_asked_again_at_once()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        await using GarnetInstance instance = new(EngineLimits.Default, TimeProvider.System);
        await using EngineControl control = new(silent.LocalEndpoint, "", TimeSpan.FromMilliseconds(200), TimeProvider.System);
        using GarnetUsage usage = new(0, instance, control, TimeProvider.System);

        EngineException first = await Assert.ThrowsAsync<EngineException>(() => usage.ReadAsync(token));
        EngineException second = await Assert.ThrowsAsync<EngineException>(() => usage.ReadAsync(token));

        Assert.Equal(first.Message, second.Message);
        (await silent.AcceptSocketAsync(token)).Dispose();
        Assert.False(silent.Pending());
    }
}
