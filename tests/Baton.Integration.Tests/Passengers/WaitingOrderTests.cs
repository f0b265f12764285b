using Baton.TestKit;
using Baton.TestKit.Processes;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>Who waits first is served first, and what a blocking command answers when it gets nothing, with a plain server beside.</summary>
public abstract class WaitingOrderTests(SwitchingCluster cluster)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("BRPOPLPUSH {from} {to} 0")]
    [InlineData("BLMOVE {from} {to} LEFT RIGHT 0")]
    [InlineData("BLPOP {from} 0")]
    public async Task two_who_wait_for_one_key_are_served_in_the_order_they_came(string command)
    {
        for (int round = 0; round < 14; round++)
        {
            string from = $"order:{command[..4]}:{round}";
            await using RawConnection first = await cluster.ConnectAsync();
            await using RawConnection second = await cluster.ConnectAsync();
            await using RawConnection pusher = await cluster.ConnectAsync();
            Task<RespValue> one = first.Send(Words(command, from, from + ":1"));
            await BlockedAsync(pusher, 1);
            Task<RespValue> two = second.Send(Words(command, from, from + ":2"));
            await BlockedAsync(pusher, 2);
            await pusher.ExpectAsync(':', "RPUSH", from, "a");
            Assert.Contains("\r\na\r\n", (await one.WaitAsync(Limit)).Raw, StringComparison.Ordinal);
            await pusher.ExpectAsync(':', "RPUSH", from, "b");
            Assert.Contains("\r\nb\r\n", (await two.WaitAsync(Limit)).Raw, StringComparison.Ordinal);
            await BlockedAsync(pusher, 0);
        }
    }

    [Theory]
    [InlineData("BRPOPLPUSH {from} {to} 0")]
    [InlineData("BLMOVE {from} {to} LEFT RIGHT 0")]
    public async Task a_destination_of_another_type_is_an_error_and_the_next_who_waits_gets_the_element(string command)
    {
        await using PlainRedis plain = await PlainRedis.StartAsync();
        foreach ((string host, int port) in new[] { ("127.0.0.1", plain.Port), (await cluster.Process.HostAsync(), cluster.Process.Port) })
        {
            await using RawConnection first = await RawConnection.ConnectAsync(host, port);
            await using RawConnection second = await RawConnection.ConnectAsync(host, port);
            await using RawConnection pusher = await RawConnection.ConnectAsync(host, port);
            string from = $"wrong:{command[..4]}";
            await pusher.CallAsync("SET", from + ":1", "no list");
            Task<RespValue> one = first.Send(Words(command, from, from + ":1"));
            await BlockedAsync(pusher, 1);
            Task<RespValue> two = second.Send(Words(command, from, from + ":2"));
            await BlockedAsync(pusher, 2);

            await pusher.ExpectAsync(':', "RPUSH", from, "a");

            Assert.StartsWith("-WRONGTYPE", (await one.WaitAsync(Limit)).Raw, StringComparison.Ordinal);
            Assert.Equal("$1\r\na\r\n", (await two.WaitAsync(Limit)).Raw);
            Assert.Equal("*1\r\n$1\r\na\r\n", (await pusher.CallAsync("LRANGE", from + ":2", "0", "-1")).Raw);
        }
    }

    [Fact]
    public async Task a_command_that_waited_in_vain_answers_as_a_plain_server()
    {
        await using PlainRedis plain = await PlainRedis.StartAsync();
        string[] commands =
        [
            "BLPOP none 0.05", "BRPOP none 0.05", "BLMOVE none to LEFT LEFT 0.05", "BRPOPLPUSH none to 0.05", "BLMPOP 0.05 1 none LEFT",
            "BZPOPMIN none 0.05", "BZPOPMAX none 0.05", "BZMPOP 0.05 1 none MIN",
        ];
        foreach (bool resp3 in (bool[])[false, true])
        {
            foreach (string command in commands)
            {
                await using RawConnection theirs = await ConnectAsync("127.0.0.1", plain.Port, resp3);
                await using RawConnection ours = await ConnectAsync(await cluster.Process.HostAsync(), cluster.Process.Port, resp3);
                Assert.Equal($"{command}: {await theirs.CallAsync(command.Split(' '))}", $"{command}: {await ours.CallAsync(command.Split(' '))}");
                Assert.Equal($"{command}: {await UnblockedAsync(theirs, plain.Port, "127.0.0.1", command)}",
                    $"{command}: {await UnblockedAsync(ours, cluster.Process.Port, await cluster.Process.HostAsync(), command)}");
            }
        }
    }

    private static async Task<RespValue> UnblockedAsync(RawConnection waiter, int port, string host, string command)
    {
        await using RawConnection other = await RawConnection.ConnectAsync(host, port);
        long id = await waiter.IdAsync();
        Task<RespValue> waiting = waiter.Send(command.Replace("0.05", "0", StringComparison.Ordinal).Split(' '));
        await BlockedAsync(other, 1);
        await other.ExpectAsync(':', "CLIENT", "UNBLOCK", $"{id}");
        RespValue answer = await waiting.WaitAsync(Limit);
        await BlockedAsync(other, 0);
        return answer;
    }

    private static Task<RawConnection> ConnectAsync(string host, int port, bool resp3) =>
        resp3 ? RawConnection.ConnectResp3Async(host, port) : RawConnection.ConnectAsync(host, port);

    private static string[] Words(string command, string from, string to) =>
        command.Replace("{from}", from, StringComparison.Ordinal).Replace("{to}", to, StringComparison.Ordinal).Split(' ');

    private static Task BlockedAsync(RawConnection other, int count) => Eventually.TrueAsync(
        async () => (await other.CallAsync("INFO", "clients")).Raw.Contains($"blocked_clients:{count}\r\n", StringComparison.Ordinal),
        Limit,
        $"{count} blocked");
}
