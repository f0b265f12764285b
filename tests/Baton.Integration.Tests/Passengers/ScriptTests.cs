using Baton.TestKit;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>Scripts and functions are on the new master before it serves.</summary>
public abstract class ScriptTests(SwitchingCluster cluster)
{
    private const string Increment = "return redis.call('INCRBY', KEYS[1], ARGV[1])";

    [Fact]
    public async Task a_loaded_script_is_never_missing_through_every_switch()
    {
        await using var connection = await cluster.ConnectAsync();
        var sha = (await connection.ExpectAsync('$', "SCRIPT", "LOAD", Increment)).Text!;
        var switches = cluster.SwitchInEveryWayAsync();
        long value = 0;
        for (var after = 0; after < 50; after += switches.IsCompleted ? 1 : 0)
        {
            value++;
            Assert.Equal($":{value}\r\n", (await connection.CallAsync("EVALSHA", sha, "1", "scripted", "1")).Raw);
        }

        await switches;
        Assert.Equal("*1\r\n:1\r\n", (await connection.CallAsync("SCRIPT", "EXISTS", sha)).Raw);
    }

    [Fact]
    public async Task a_script_known_from_eval_alone_can_be_called_by_its_sum_after_a_switch()
    {
        const string Text = "return 'from eval ' .. KEYS[1]";
        const string Sum = "82b19acd1fd4a25223ce22917817fc9a24a05abd"; // SHA-1 of the text
        await using var connection = await cluster.ConnectAsync();
        Assert.Equal("from eval k", (await connection.CallAsync("EVAL", Text, "1", "k")).Text);
        await cluster.SwitchAsync("migrate");
        var reply = await connection.CallAsync("EVALSHA", Sum, "1", "k");
        Assert.Equal("from eval k", reply.Text);
    }

    [Fact]
    public async Task a_function_library_travels_with_its_shard()
    {
        Assert.SkipUnless(cluster.IsRedis, "The embedded engine has no functions.");
        await using var connection = await cluster.ConnectAsync();
        const string Library = "#!lua name=travelling\nredis.register_function('twice', function(keys, args) return args[1] * 2 end)";
        await connection.ExpectAsync('$', "FUNCTION", "LOAD", "REPLACE", Library);
        await cluster.SwitchInEveryWayAsync();
        Assert.Equal(":42\r\n", (await connection.CallAsync("FCALL", "twice", "0", "21")).Raw);
    }
}
