using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>Transactions that are open while their shard is switched.</summary>
public abstract class TransactionTests(SwitchingCluster cluster)
{
    public static TheoryData<string> Operations => ["migrate", "failover"];

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task a_transaction_opened_before_the_switch_is_executed_whole_after_it(string operation)
    {
        var key = $"{{open}}:{operation}";
        await using var connection = await cluster.ConnectAsync();
        await connection.ExpectAsync('+', "MULTI");
        Assert.Equal("+QUEUED\r\n", (await connection.CallAsync("INCR", key)).Raw);
        await cluster.SwitchAsync(operation);
        Assert.Equal("+QUEUED\r\n", (await connection.CallAsync("INCRBY", key, "10")).Raw);
        Assert.Equal("*2\r\n:1\r\n:11\r\n", (await connection.CallAsync("EXEC")).Raw);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task a_watched_key_that_changes_after_the_switch_still_stops_its_transaction(string operation)
    {
        var key = $"{{watched}}:{operation}";
        await using var connection = await cluster.ConnectAsync();
        await using var other = await cluster.ConnectAsync();
        await connection.ExpectAsync('+', "SET", key, "1");
        await connection.ExpectAsync('+', "WATCH", key);
        await cluster.SwitchAsync(operation);
        await other.ExpectAsync('+', "SET", key, "2");
        await connection.ExpectAsync('+', "MULTI");
        await connection.CallAsync("SET", key, "3");
        Assert.Equal("*-1\r\n", (await connection.CallAsync("EXEC")).Raw);
        Assert.Equal("2", (await other.CallAsync("GET", key)).Text);
    }

    [Theory]
    [InlineData("SET", "v")]
    [InlineData("HSET", "f", "v")]
    [InlineData("RPUSH", "v")]
    [InlineData("ZADD", "1", "v")]
    [InlineData("SADD", "v")]
    public async Task a_watched_key_gets_another_time_in_its_own_transaction(string make, params string[] arguments)
    {
        var key = $"{{timed}}:{make}";
        await using var connection = await cluster.ConnectAsync();
        await connection.CallAsync([make, key, .. arguments]);
        foreach (var (command, expected) in new[] { (new[] { "EXPIRE", key, "100" }, 1), (["EXPIRE", key, "50", "GT"], 0), (["PERSIST", key], 1), (["PERSIST", key], 0) })
        {
            await connection.ExpectAsync('+', "WATCH", key);
            await connection.ExpectAsync('+', "MULTI");
            await connection.CallAsync(command);
            Assert.Equal($"*1\r\n:{expected}\r\n", (await connection.CallAsync("EXEC")).Raw);
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task a_watched_key_that_changed_before_the_switch_stops_its_transaction_after_it(string operation)
    {
        var key = $"{{watched-before}}:{operation}";
        await using var connection = await cluster.ConnectAsync();
        await using var other = await cluster.ConnectAsync();
        await connection.ExpectAsync('+', "SET", key, "1");
        await connection.ExpectAsync('+', "WATCH", key);
        await other.ExpectAsync('+', "SET", key, "2");
        await cluster.SwitchAsync(operation);
        await connection.ExpectAsync('+', "MULTI");
        await connection.CallAsync("SET", key, "3");
        Assert.Equal("*-1\r\n", (await connection.CallAsync("EXEC")).Raw);
        Assert.Equal("2", (await other.CallAsync("GET", key)).Text);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task a_watch_over_a_switch_ends_in_a_commit_or_in_null_and_the_next_try_works(string operation)
    {
        var key = $"{{carried}}:{operation}";
        await using var connection = await cluster.ConnectAsync();
        await connection.ExpectAsync('+', "WATCH", key);
        await cluster.SwitchAsync(operation);
        await connection.ExpectAsync('+', "MULTI");
        await connection.CallAsync("INCR", key);
        var first = await connection.CallAsync("EXEC");
        Assert.Contains(first.Raw, new[] { "*-1\r\n", "*1\r\n:1\r\n" });
        await connection.ExpectAsync('+', "WATCH", key);
        await connection.ExpectAsync('+', "MULTI");
        await connection.CallAsync("INCR", key);
        Assert.Equal(first.IsNull ? "*1\r\n:1\r\n" : "*1\r\n:2\r\n", (await connection.CallAsync("EXEC")).Raw);
    }

    [Fact]
    public async Task optimistic_counters_lose_no_update_through_every_switch()
    {
        const int Writers = 4;
        var switches = cluster.SwitchInEveryWayAsync();
        var committed = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => CountUpAsync("{optimistic}:counter", switches)));
        await switches;
        await using var reader = await cluster.ConnectAsync();
        Assert.Equal(committed.Sum(), (await reader.ExpectAsync('$', "GET", "{optimistic}:counter")).Integer);
        Assert.All(committed, commits => Assert.True(commits > 0, "A writer never committed."));
    }

    // Returns how many transactions were committed.
    private async Task<long> CountUpAsync(string key, Task until)
    {
        await using var connection = await cluster.ConnectAsync();
        long committed = 0;
        while (!until.IsCompleted || committed == 0)
        {
            await connection.ExpectAsync('+', "WATCH", key);
            var value = await connection.ExpectAsync('$', "GET", key);
            await connection.ExpectAsync('+', "MULTI");
            await connection.ExpectAsync('+', "SET", key, $"{(value.IsNull ? 0 : value.Integer) + 1}");
            var reply = await connection.ExpectAsync('*', "EXEC");
            committed += reply.IsNull ? 0 : 1;
        }

        return committed;
    }
}
