using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>Whether a command waits follows from how the server reads it, not from how users name their groups, consumers and keys.</summary>
[Collection(RedisSwitchingCollection.Name)]
public sealed class RedisWaitingNamesTests(RedisSwitchingCluster cluster)
{
    [Theory]
    [InlineData("XREADGROUP GROUP BLOCK STREAMS BLOCK 0 STREAMS waiting:names >")]
    [InlineData("XREADGROUP GROUP STREAMS COUNT BLOCK 0 STREAMS waiting:names >")]
    [InlineData("XREAD COUNT 1 BLOCK 0 STREAMS BLOCK waiting:names $ $")]
    [InlineData("BLPOP BLOCK STREAMS 0")]
    [InlineData("BLMPOP 0 2 COUNT BLOCK LEFT")]
    public async Task a_waiting_command_holds_up_nobody(string command)
    {
        await using var asking = await cluster.ConnectAsync();
        foreach (var group in (string[])["BLOCK", "STREAMS"])
        {
            await asking.CallAsync("XGROUP", "CREATE", "waiting:names", group, "$", "MKSTREAM");
        }

        // As many as there are event loops and more, so that one shares its lane with who asks.
        var waiting = new List<RawConnection>();
        try
        {
            for (var i = 0; i < 8; i++)
            {
                waiting.Add(await cluster.ConnectAsync());
                _ = waiting[^1].Send(command.Split(' ')).ContinueWith(static task => task.Exception, TaskScheduler.Default);
            }

            for (var i = 0; i < 20; i++)
            {
                await using var fresh = await cluster.ConnectAsync();
                await fresh.ExpectAsync('+', "SET", "waiting:none", $"{i}");
            }
        }
        finally
        {
            foreach (var connection in waiting)
            {
                await connection.DisposeAsync();
            }
        }
    }

    [Theory]
    [InlineData("XREADGROUP GROUP BLOCK 7 STREAMS waiting:names >")]
    [InlineData("XREAD STREAMS BLOCK 0")]
    public async Task a_command_that_only_looks_as_if_it_waited_is_answered_at_once(string command)
    {
        await using var connection = await cluster.ConnectAsync();
        await connection.CallAsync("XGROUP", "CREATE", "waiting:names", "BLOCK", "$", "MKSTREAM");

        Assert.True((await connection.CallAsync(command.Split(' '))).IsNull);
    }
}
