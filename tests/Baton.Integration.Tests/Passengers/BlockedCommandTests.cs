using System.Diagnostics;
using Baton.TestKit;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>Commands that wait on the server while their shard is switched under them.</summary>
public abstract class BlockedCommandTests(SwitchingCluster cluster)
{
    private static readonly TimeSpan BlockLimit = TimeSpan.FromSeconds(10);

    public static TheoryData<string, string, string, string> Commands => new()
    {
        { "BLPOP {k} 0", "RPUSH {k} x", "*2\r\n$K\r\n{k}\r\n$1\r\nx\r\n", "migrate" },
        { "BRPOP {k} 0", "RPUSH {k} x", "*2\r\n$K\r\n{k}\r\n$1\r\nx\r\n", "migrate" },
        { "BLMOVE {k} {k}:to LEFT RIGHT 0", "RPUSH {k} x", "$1\r\nx\r\n", "migrate" },
        { "BZPOPMIN {k} 0", "ZADD {k} 1 x", "*3\r\n$K\r\n{k}\r\n$1\r\nx\r\n$1\r\n1\r\n", "migrate" },
        { "BLPOP {k} 0", "RPUSH {k} x", "*2\r\n$K\r\n{k}\r\n$1\r\nx\r\n", "failover" },
        { "BZPOPMIN {k} 0", "ZADD {k} 1 x", "*3\r\n$K\r\n{k}\r\n$1\r\nx\r\n$1\r\n1\r\n", "failover" },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task a_blocked_command_gets_what_comes_after_the_switch(string command, string feed, string expected, string operation)
    {
        var key = $"{{blocked}}:{operation}:{command.Split(' ')[0]}";
        await using var blocked = await cluster.ConnectAsync();
        await using var feeder = await cluster.ConnectAsync();
        var reply = blocked.Send(command.Replace("{k}", key, StringComparison.Ordinal).Split(' '));
        await WaitForBlockedAsync(feeder, 1);
        await cluster.SwitchAsync(operation);
        Assert.False(reply.IsCompleted, "answered before anything was there");
        Assert.False((await feeder.CallAsync(feed.Replace("{k}", key, StringComparison.Ordinal).Split(' '))).IsError);
        var got = await reply.Within(RawConnection.Limit);
        Assert.Equal(
            expected.Replace("$K", $"${key.Length}", StringComparison.Ordinal).Replace("{k}", key, StringComparison.Ordinal), got.Raw);
        Assert.Equal("+PONG\r\n", (await blocked.CallAsync("PING")).Raw);
    }

    [Fact]
    public async Task a_stream_reader_at_the_end_gets_the_next_entry_after_the_switch()
    {
        Assert.SkipUnless(cluster.IsRedis, "The embedded engine has no streams.");
        await using var blocked = await cluster.ConnectAsync();
        await using var feeder = await cluster.ConnectAsync();
        await feeder.ExpectAsync('$', "XADD", "stream", "*", "n", "before");
        var reply = blocked.Send("XREAD", "BLOCK", "0", "STREAMS", "stream", "$");
        await WaitForBlockedAsync(feeder, 1);
        await cluster.SwitchInEveryWayAsync();
        Assert.False(reply.IsCompleted);
        await feeder.ExpectAsync('$', "XADD", "stream", "*", "n", "after");
        var got = await reply.Within(RawConnection.Limit);
        Assert.Contains("after", got.Raw, StringComparison.Ordinal);
        Assert.DoesNotContain("before", got.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_timeout_runs_on_through_the_switch()
    {
        const int TimeoutSeconds = 6;
        await using var blocked = await cluster.ConnectAsync();
        await using var other = await cluster.ConnectAsync();
        var clock = Stopwatch.StartNew();
        var reply = blocked.Send("BLPOP", "nothing-comes", $"{TimeoutSeconds}");
        await WaitForBlockedAsync(other, 1);

        // The switch is made late, so that a timeout begun anew would end seconds after the right time.
        await Eventually.TrueAsync(() => clock.Elapsed.TotalSeconds > TimeoutSeconds / 2.0, BlockLimit, "half of the timeout");
        await cluster.SwitchAsync("migrate");
        var switched = clock.Elapsed;
        var got = await reply.Within(RawConnection.Limit);
        Assert.Equal("*-1\r\n", got.Raw);
        Assert.True(switched.TotalSeconds < TimeoutSeconds, "The switch took too long for this test to mean anything.");
        Assert.InRange(clock.Elapsed.TotalSeconds, TimeoutSeconds - 0.1, TimeoutSeconds + (TimeoutSeconds / 2.0) - 1);
    }

    [Fact]
    public async Task many_blocked_clients_are_served_once_each()
    {
        const int Clients = 20;
        var clients = new List<RawConnection>();
        var replies = new List<Task<RespValue>>();
        await using var feeder = await cluster.ConnectAsync();
        for (var i = 0; i < Clients; i++)
        {
            clients.Add(await cluster.ConnectAsync(resp3: i % 2 == 0));
            replies.Add(clients[i].Send("BLPOP", "queue", "0"));
            await WaitForBlockedAsync(feeder, i + 1);
        }

        await cluster.SwitchInEveryWayAsync();
        for (var i = 0; i < Clients; i++)
        {
            await feeder.ExpectAsync(':', "RPUSH", "queue", $"{i}");
        }

        var got = await Task.WhenAll(replies).Within(RawConnection.Limit);
        Assert.Equal(
            Enumerable.Range(0, Clients).Select(i => $"{i}").Order(), got.Select(reply => reply.Items![1].Text!).Order());
        Assert.Equal(0, (await feeder.ExpectAsync(':', "LLEN", "queue")).Integer);
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task elements_pushed_during_the_switches_reach_consumers_exactly_once()
    {
        const int Consumers = 4;
        await using var producer = await cluster.ConnectAsync();
        var consumed = new List<string>();
        var done = false;
        var consumers = Enumerable.Range(0, Consumers).Select(_ => ConsumeAsync(consumed, () => done)).ToArray();
        long pushed = 0;
        var switches = cluster.SwitchInEveryWayAsync();
        while (!switches.IsCompleted)
        {
            await producer.ExpectAsync(':', "RPUSH", "stream-of-work", $"{pushed++}");
        }

        await switches;
        done = true;
        await Task.WhenAll(consumers).Within(RawConnection.Limit);
        Assert.Equal(pushed, consumed.Count);
        Assert.Equal(pushed, consumed.Distinct().Count());
    }

    private async Task ConsumeAsync(List<string> consumed, Func<bool> done)
    {
        await using var connection = await cluster.ConnectAsync();
        while (true)
        {
            var reply = await connection.CallAsync("BLPOP", "stream-of-work", "1");
            Assert.False(reply.IsError, reply.ToString());
            if (reply.IsNull && done())
            {
                return;
            }

            if (!reply.IsNull)
            {
                lock (consumed)
                {
                    consumed.Add(reply.Items![1].Text!);
                }
            }
        }
    }

    // INFO tells how many clients wait; without that a test could not know that the command is on the server.
    private static async Task WaitForBlockedAsync(RawConnection connection, int clients)
    {
        var line = $"blocked_clients:{clients}\r\n";
        await Eventually.TrueAsync(
            async () => (await connection.CallAsync("INFO", "clients")).Text?.Contains(line, StringComparison.Ordinal) == true,
            BlockLimit,
            $"{clients} blocked clients in INFO");
    }
}
