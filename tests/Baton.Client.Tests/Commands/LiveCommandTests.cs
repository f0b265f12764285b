using Xunit;
using static Baton.Client.Tests.Commands.CommandCheck;

namespace Baton.Client.Tests.Commands;

/// <summary>Each group once around a real server, with both protocols.</summary>
public sealed class LiveCommandTests(LiveRedis server) : IClassFixture<LiveRedis>
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    public static TheoryData<RedisProtocol> Protocols => [RedisProtocol.Resp2, RedisProtocol.Resp3];

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Keys_and_strings(RedisProtocol protocol)
    {
        await using var redis = await server.ConnectAsync(protocol);

        Assert.True(await redis.SetAsync("k", "v", TimeSpan.FromSeconds(100), SetWhen.NotExists));
        Assert.False(await redis.SetAsync("k", "w", SetWhen.NotExists));
        Assert.InRange((await redis.TtlAsync("k"))!.Value.TotalSeconds, 1, 100);
        Assert.True(await redis.PersistAsync("k"));
        Assert.Equal(Timeout.InfiniteTimeSpan, await redis.TtlAsync("k"));
        Assert.Null(await redis.TtlAsync("none"));
        Assert.Equal("v", await redis.SetGetAsync("k", 5));
        Assert.Equal(5, await redis.GetAsync<long>("k"));
        Assert.Equal("[5, nil]", Show(await redis.MGetAsync(["k", "none"])));
        Assert.Equal(6.5, await redis.IncrByFloatAsync("k", 1.5));
        var memory = new byte[8];
        Assert.Equal(3, await redis.GetAsync("k", memory));
        Assert.Equal("6.5"u8.ToArray(), memory[..3]);
        await redis.MSetAsync([("a", "ohmytext"), ("b", "mynewtext")]);
        Assert.Equal("6 [4/5+4, 2/0+2]", Show(await redis.LcsMatchesAsync("a", "b")));
        Assert.True(await redis.RestoreAsync("copy", (await redis.DumpAsync("a"))!));
        await redis.RPushAsync("l", [3, 1, 2]);
        Assert.Equal("[3, 2, 1]", Show(await redis.SortAsync("l", new SortOptions { Descending = true })));

        var found = new List<string>();
        await foreach (var key in redis.ScanAsync(new ScanOptions(PageSize: 1)))
        {
            found.Add(key.ToString());
        }

        Assert.Equal(["a", "b", "copy", "k", "l"], found.Distinct().Order());
        Assert.Equal(5, await redis.DelAsync(["a", "b", "copy", "k", "l", "none"]));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task The_same_methods_in_pipelines_and_transactions(RedisProtocol protocol)
    {
        await using var redis = await server.ConnectAsync(protocol);
        await redis.ScriptFlushAsync();
        var script = new RedisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])");
        var memory = new byte[4];

        var transaction = redis.CreateTransaction();
        var counted = transaction.EvalAsync<long>(script, ["n"], [5]);
        var added = transaction.ZAddAsync("z", [("a", 1), ("b", 2)]);
        var popped = transaction.ZMPopAsync(["z"], ScoreEnd.Highest);
        var length = transaction.GetAsync("n", memory);
        var range = transaction.ZRangeWithScoresAsync("z", SortedSetRange.All);
        Assert.True(await transaction.CommitAsync());
        Assert.Equal("5 2 z[b:2] 1 [a:1]", $"{await counted} {await added} {Show(await popped)} {await length} {Show(await range)}");

        await redis.ScriptFlushAsync();
        var pipeline = redis.CreatePipeline();
        var again = pipeline.EvalAsync<long>(script, ["n"], [5]);
        var all = pipeline.HGetAllAsync("none");
        await pipeline.SendAsync();
        Assert.Equal("10 {}", $"{await again} {Show(await all)}");
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Hashes_lists_and_sets(RedisProtocol protocol)
    {
        await using var redis = await server.ConnectAsync(protocol);

        Assert.Equal(2, await redis.HSetAsync("h", [("a", 1), ("b", 2)]));
        Assert.Equal("{a=1, b=2}", Show(await redis.HGetAllAsync<long>("h")));
        Assert.Equal(2, (await redis.HRandFieldWithValuesAsync("h", 2)).Length);
        await foreach (var (field, value) in redis.HScanAsync("h", new ScanOptions("a")))
        {
            Assert.Equal("a=1", $"{field}={value}");
        }

        await redis.RPushAsync("l", ["a", "b", "c", "b"]);
        Assert.Equal("[3, 1]", Show(await redis.LPosAsync("l", "b", 0, rank: -1)));
        Assert.Equal("a", await redis.LMoveAsync("l", "m", ListSide.Left, ListSide.Right));
        Assert.Equal("l[b, c]", Show(await redis.LMPopAsync(["none", "l"], ListSide.Left, 2)));
        Assert.Equal("l=b", Show(await redis.BLPopAsync(["none", "l"], Short)));
        Assert.Null(await redis.BRPopAsync("l", Short));
        Assert.Equal("m[a]", Show(await redis.BLMPopAsync(["m"], ListSide.Left, Short)));
        Assert.Empty(await redis.LPopAsync("l", 2));

        await redis.SAddAsync("s", ["a", "b"]);
        await redis.SAddAsync("t", ["b", "c"]);
        Assert.Equal("[b]", Show(await redis.SInterAsync(["s", "t"])));
        Assert.Equal("[True, False]", Show(await redis.SMIsMemberAsync("s", ["a", "c"])));
        Assert.Equal(3, await redis.SUnionStoreAsync("d", ["s", "t"]));
        Assert.Equal(3, (await redis.SPopAsync("d", 5)).Length);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Sorted_sets_and_geo(RedisProtocol protocol)
    {
        await using var redis = await server.ConnectAsync(protocol);

        Assert.Equal(3, await redis.ZAddAsync("z", [("a", 1), ("b", 2.5), ("c", double.PositiveInfinity)]));
        var above = SortedSetRange.ByScore(ScoreBound.Exclusive(1), ScoreBound.Highest) with { Reverse = true };
        Assert.Equal("[c:Infinity, b:2.5]", Show(await redis.ZRangeWithScoresAsync("z", above)));
        Assert.Equal("[b]", Show(await redis.ZRangeAsync("z", SortedSetRange.ByRank(1, 1))));
        Assert.Null(await redis.ZScoreAsync("z", "none"));
        Assert.Equal("[a:1]", Show(await redis.ZPopMinAsync("z", 1)));
        Assert.Equal("b:2.5", Show(await redis.ZPopMinAsync("z")));
        Assert.Equal("z[c:Infinity]", Show(await redis.BZPopMaxAsync(["none", "z"], Short)));
        Assert.Null(await redis.BZMPopAsync(["z"], ScoreEnd.Lowest, Short));
        await redis.ZAddAsync("x", [("a", 1), ("b", 2)]);
        await redis.ZAddAsync("y", [("b", 3)]);
        Assert.Equal("[a:2, b:7]", Show(await redis.ZUnionAsync(["x", "y"], [2, 1])));
        Assert.Equal("[a:1]", Show(await redis.ZDiffAsync(["x", "y"])));
        Assert.Equal(2, (await redis.ZRandMemberWithScoresAsync("x", 2)).Length);
        Assert.Equal("x[b:2]", Show(await redis.ZMPopAsync(["x"], ScoreEnd.Highest)));

        await redis.GeoAddAsync("g", [("p", new(13.361389, 38.115556)), ("q", new(15.087269, 37.502669))]);
        Assert.InRange((await redis.GeoDistAsync("g", "p", "q", GeoUnit.Kilometers))!.Value, 166, 167);
        var found = await redis.GeoSearchAsync("g", GeoArea.Circle(new GeoPosition(15, 37), 100, GeoUnit.Kilometers));
        Assert.Equal("q", Assert.Single(found).Member);
        Assert.InRange(found[0].Position.Latitude, 37.5, 37.51);
        Assert.Null((await redis.GeoPosAsync("g", ["none"]))[0]);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Streams(RedisProtocol protocol)
    {
        await using var redis = await server.ConnectAsync(protocol);

        Assert.Equal("1-0", await redis.XAddAsync("s", [("n", 1)], new XAddOptions("1-0")));
        await redis.XAddAsync("s", [("n", 2)], new XAddOptions("2-0"));
        await redis.XAddAsync("s", [("n", 3)], new XAddOptions("3-0"));
        Assert.Equal("[s[2-0[n=2], 3-0[n=3]]]", Show(await redis.XReadAsync([("s", "1-0"), ("none", "0")])));
        Assert.Empty(await redis.XReadAsync("s", "$", block: Short));
        Assert.Equal("3 0 3-0 3 1-0[n=1] 3-0[n=3]", Show(await redis.XInfoStreamAsync("s")));

        await redis.XGroupCreateAsync("s", "g", "0");
        Assert.Equal("[1-0[n=1], 2-0[n=2]]", Show(await redis.XReadGroupAsync("s", "g", "one", count: 2)));
        Assert.Equal("2 1-0 2-0 [one=2]", Show(await redis.XPendingAsync("s", "g")));
        Assert.Equal("1-0", (await redis.XPendingAsync("s", "g", 1))[0].Id);
        Assert.Equal("[1-0[n=1]]", Show(await redis.XClaimAsync("s", "g", "two", TimeSpan.Zero, ["1-0"])));
        await redis.XDelAsync("s", ["1-0"]);
        Assert.Equal(2, (await redis.XInfoGroupsAsync("s"))[0].Pending);

        var options = new StreamReadOptions { Block = Short, ClaimIdle = TimeSpan.Zero, AckOnNext = true };
        var seen = new List<string>();
        await foreach (var entry in redis.XReadGroupAllAsync("s", "g", "three", options))
        {
            seen.Add($"{entry.Id}={entry["n"]}");
            if (entry.Id == "3-0")
            {
                await redis.XAddAsync("s", [("n", 4)], new XAddOptions("4-0"));
            }

            if (entry.Id == "4-0")
            {
                break;
            }
        }

        Assert.Equal(["2-0=2", "3-0=3", "4-0=4"], seen);
        Assert.Equal("1 4-0 4-0 [three=1]", Show(await redis.XPendingAsync("s", "g")));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Bits_estimates_scripts_functions_and_the_server(RedisProtocol protocol)
    {
        await using var redis = await server.ConnectAsync(protocol);

        var bits = await redis.BitFieldAsync(
            "b", [BitFieldOperation.Set("u8", 0, 255), BitFieldOperation.OverflowFail, BitFieldOperation.IncrBy("u8", 0, 1)]);
        Assert.Equal("[0, nil]", Show(bits));
        Assert.Equal(8, await redis.BitCountAsync("b", BitRange.Bits(0, 7)));
        await redis.PfAddAsync("p", ["a", "b"]);
        Assert.Equal(2, await redis.PfCountAsync(["p"]));

        await redis.ScriptFlushAsync();
        var script = new RedisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])");
        Assert.Equal(5, await redis.EvalAsync<long>(script, ["n"], [5]));
        Assert.True(await redis.ScriptExistsAsync(script));
        Assert.Equal(10, await redis.EvalAsync<long>(script, ["n"], [5]));
        var library = "#!lua name=lib\nredis.register_function{function_name='f', callback=function(keys, args) return args[1] end, flags={'no-writes'}}";
        Assert.Equal("lib", await redis.FunctionLoadAsync(library, replace: true));
        Assert.Equal("x", await redis.FCallRoAsync<string>("f", arguments: ["x"]));
        Assert.Equal("[lib LUA [f]]", Show(await redis.FunctionListAsync()));
        Assert.True(await redis.FunctionRestoreAsync(await redis.FunctionDumpAsync(), replace: true));
        await redis.FunctionFlushAsync();

        Assert.True(await redis.PingAsync());
        Assert.Equal(3, await redis.DbSizeAsync());
        Assert.Equal("{maxmemory=0}", Show(await redis.ConfigGetAsync("maxmemory")));
        Assert.StartsWith("7", (await redis.InfoAsync("server"))["redis_version"], StringComparison.Ordinal);
        Assert.InRange((await redis.TimeAsync()).Year, 2020, 2100);
        var id = await redis.ClientIdAsync();
        Assert.Contains(await redis.ClientListAsync(), client => client["id"] == Show(id));
        Assert.NotNull(await redis.MemoryUsageAsync("n"));
        Assert.Equal("master", (await redis.RoleAsync())[0].AsString());
        Assert.NotEmpty(await redis.MemoryStatsAsync());
        Assert.NotEmpty(await redis.CommandInfoAsync(["get"]));
        await redis.ConfigSetAsync("slowlog-log-slower-than", 0);
        await redis.EchoAsync("x");
        Assert.NotEmpty(await redis.SlowLogGetAsync());
        await redis.ConfigSetAsync("slowlog-log-slower-than", 10000);
        Assert.Equal(0, await redis.PublishAsync("ch", "m"));
        Assert.Equal("{ch=0}", Show(await redis.PubSubNumSubAsync(["ch"])));
    }
}
