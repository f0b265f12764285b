using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Baton.TestKit;
using Baton.TestKit.Processes;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>
/// What a client breaks by itself at a MOVING, shown against a plain redis-server with no Baton in between. These are the reasons why
/// <see cref="ClientProfiles.HandoffNames"/> have no such passenger. A test that fails here is good news: the client has learnt it.
/// </summary>
public sealed class ClientLimitTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task node_redis_forgets_its_subscriptions_when_it_hands_over()
    {
        if (NodePeer.Missing is { } missing)
        {
            Assert.Skip(missing);
        }

        await using var server = await PlainRedis.StartAsync();
        await using var old = new HandoffRelay(server.Address, "127.0.0.1", TimeProvider.System);
        await using var next = new HandoffRelay(server.Address, "127.0.0.1", TimeProvider.System);
        var configuration = new JsonObject { ["host"] = "127.0.0.1", ["port"] = old.Address.Port };
        await using var client = NodePeer.Run("node-redis-subscriber.mjs", configuration);
        await client.LineAsync(line => line.Contains("ready", StringComparison.Ordinal), Limit, "ready line");
        await using var publisher = await RawConnection.ConnectAsync("127.0.0.1", server.Port);
        Assert.Equal(1, (await publisher.ExpectAsync(':', "PUBLISH", "channel", "before")).Integer);
        old.Announce(Encoding.Latin1.GetBytes(ExpectedFrames.Moving(1, 5, $"127.0.0.1:{next.Address.Port}")));
        await Eventually.TrueAsync(() => next.Accepted > 0, Limit, "the client at the new place");
        await Eventually.TrueAsync(
            async () =>
                (await publisher.ExpectAsync(':', "PUBLISH", "channel", "after")).Integer == 0, Limit, "nobody to hear the channel");
        await client.Input.WriteLineAsync("stop");
        var line = await client.LineAsync(text => text.Contains("messages", StringComparison.Ordinal), Limit, "messages");
        Assert.Contains("before", line, StringComparison.Ordinal);
    }
}
