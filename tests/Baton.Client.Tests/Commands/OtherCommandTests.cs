using Xunit;
using static Baton.Client.Tests.Commands.CommandCheck;

namespace Baton.Client.Tests.Commands;

/// <summary>Geo, bitmaps, HyperLogLogs, scripts and functions, publishing, the server.</summary>
public sealed class OtherCommandTests
{
    private static readonly GeoPosition Place = new(13.5, 52.25);

    [Fact]
    public async Task Geo()
    {
        string[] matches =
        [
            "*1|*3|$1|a|$6|1.2500|*2|$4|13.5|$5|52.25|",
            "*1|*3|$1|a|$6|1.2500|*2|,13.5|,52.25|",
        ];
        await Is(c => c.GeoAddAsync("g", "a", Place), "GEOADD g 13.5 52.25 a", "True", ":1|");
        await Is(c => c.GeoAddAsync("g", [("a", Place)], ZAddOptions.Exists), "GEOADD g XX 13.5 52.25 a", "0", ":0|");
        await Is(c => c.GeoDistAsync("g", "a", "b", GeoUnit.Kilometers), "GEODIST g a b km", "1.5", "$3|1.5|");
        await Is(c => c.GeoDistAsync("g", "a", "b"), "GEODIST g a b m", "nil", "$-1|", "_|");
        await Is(c => c.GeoHashAsync("g", ["a", "b"]), "GEOHASH g a b", "[u33, nil]", "*2|$3|u33|$-1|", "*2|$3|u33|_|");
        await Is(c => c.GeoPosAsync("g", ["a", "b"]), "GEOPOS g a b", "[13.5/52.25, nil]", "*2|*2|$4|13.5|$5|52.25|*-1|", "*2|*2|,13.5|,52.25|_|");
        await Is(
            c => c.GeoSearchAsync("g", GeoArea.Circle(Place, 5, GeoUnit.Miles), new GeoSearchOptions(3, Any: true)),
            "GEOSEARCH g FROMLONLAT 13.5 52.25 BYRADIUS 5 mi ASC COUNT 3 ANY WITHCOORD WITHDIST",
            "[a 1.25 13.5/52.25]",
            matches);
        await Is(
            c => c.GeoSearchAsync("g", GeoArea.Box("m", 4, 2, GeoUnit.Feet), new GeoSearchOptions(Descending: true)),
            "GEOSEARCH g FROMMEMBER m BYBOX 4 2 ft DESC WITHCOORD WITHDIST",
            "[]",
            "*0|");
        await Is(
            c => c.GeoSearchStoreAsync("d", "g", GeoArea.Circle("m", 5), storeDistances: true),
            "GEOSEARCHSTORE d g FROMMEMBER m BYRADIUS 5 m ASC STOREDIST",
            "1",
            ":1|");
    }

    [Fact]
    public async Task Bitmaps_and_estimates()
    {
        await Is(c => c.SetBitAsync("k", 7, true), "SETBIT k 7 1", "False", ":0|");
        await Is(c => c.GetBitAsync("k", 7), "GETBIT k 7", "True", ":1|");
        await Is(c => c.BitCountAsync("k"), "BITCOUNT k", "3", ":3|");
        await Is(c => c.BitCountAsync("k", BitRange.Bytes(0, -1)), "BITCOUNT k 0 -1", "3", ":3|");
        await Is(c => c.BitPosAsync("k", false, BitRange.Bits(5, 9)), "BITPOS k 0 5 9 BIT", "-1", ":-1|");
        await Is(c => c.BitOpAsync(BitOperation.Xor, "d", ["a", "b"]), "BITOP XOR d a b", "2", ":2|");
        await Is(
            c => c.BitFieldAsync(
                "k",
                [
                    BitFieldOperation.OverflowFail,
                    BitFieldOperation.IncrBy("u8", 0, 5),
                    BitFieldOperation.Set("i4", 1, -3).AtIndex(1),
                    BitFieldOperation.Get("u2", 9),
                ]),
            "BITFIELD k OVERFLOW FAIL INCRBY u8 0 5 SET i4 #1 -3 GET u2 9",
            "[nil, 1, 2]",
            "*3|$-1|:1|:2|",
            "*3|_|:1|:2|");
        await Is(c => c.BitFieldAsync("k", [BitFieldOperation.Get("u2", 9)]), "BITFIELD_RO k GET u2 9", "[1]", "*1|:1|");
        await Is(c => c.PfAddAsync("p", ["a", "b"]), "PFADD p a b", "True", ":1|");
        await Is(c => c.PfCountAsync(["p", "q"]), "PFCOUNT p q", "2", ":2|");
        await Is(c => c.PfMergeAsync("d", ["p", "q"]), "PFMERGE d p q", "True", "+OK|");
    }

    [Fact]
    public async Task A_script_is_sent_by_its_hash_and_in_full_when_the_server_does_not_know_it()
    {
        var script = new RedisScript("return 1");
        var known = new ScriptedCommands(":5|");
        var unknown = new ScriptedCommands("-NOSCRIPT No matching script|", ":5|");
        var raw = new ScriptedCommands("-NOSCRIPT No matching script|", ":5|");

        Assert.Equal(5, await known.EvalAsync<long>(script, ["k"], [7, "x"]));
        Assert.Equal(5, await unknown.EvalAsync<long>(script));
        Assert.Equal(5, (await raw.EvalAsync(script)).AsInt64());

        const string Sha1 = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";
        Assert.Equal([$"EVALSHA {Sha1} 1 k 7 x"], known.Sent);
        Assert.Equal([$"EVALSHA {Sha1} 0", "EVAL return 1 0"], unknown.Sent);
        Assert.Equal(unknown.Sent, raw.Sent);
    }

    [Fact]
    public async Task A_script_that_only_reads_is_sent_so_and_other_errors_are_the_callers()
    {
        var commands = new ScriptedCommands("-NOSCRIPT x|", ":5|", "-ERR broken|", "-ERR broken|");
        var script = new RedisScript("return 2", isReadOnly: true);

        await commands.EvalAsync<long>(script);
        await Assert.ThrowsAsync<RedisServerException>(async () => await commands.EvalAsync<long>(script));
        await Assert.ThrowsAsync<RedisServerException>(async () => await commands.EvalAsync(script));

        Assert.Equal([$"EVALSHA_RO {script.Sha1} 0", "EVAL_RO return 2 0"], commands.Sent.Take(2));
        Assert.Equal(4, commands.Sent.Count);
    }

    [Fact]
    public async Task Scripts_and_functions()
    {
        var script = new RedisScript("return 1");
        string[] library = ["library_name", "lib", "engine", "LUA", "functions"];
        string[] function = ["name", "f", "description", "_|", "flags", "*0|"];
        await Is(c => c.ScriptLoadAsync(script), "SCRIPT LOAD return 1", "abc", "$3|abc|");
        await Is(c => c.ScriptExistsAsync(script), $"SCRIPT EXISTS {script.Sha1}", "True", "*1|:1|");
        await Is(c => c.ScriptFlushAsync(), "SCRIPT FLUSH", "True", "+OK|");
        await Is(c => c.ScriptKillAsync(), "SCRIPT KILL", "True", "+OK|");
        await Is(c => c.FCallAsync<long>("f", ["k"], [1]), "FCALL f 1 k 1", "5", ":5|");
        await Is(c => c.FCallRoAsync<string>("f"), "FCALL_RO f 0", "x", "$1|x|");
        await Is(c => c.FunctionLoadAsync("#!lua", replace: true), "FUNCTION LOAD REPLACE #!lua", "lib", "$3|lib|");
        await Is(c => c.FunctionLoadAsync("#!lua"), "FUNCTION LOAD #!lua", "lib", "$3|lib|");
        await Is(c => c.FunctionDeleteAsync("lib"), "FUNCTION DELETE lib", "True", "+OK|");
        await Is(c => c.FunctionFlushAsync(), "FUNCTION FLUSH", "True", "+OK|");
        await Is(
            c => c.FunctionListAsync(),
            "FUNCTION LIST",
            "[lib LUA [f]]",
            "*1|" + Wire.Array([.. library, "*1|" + Wire.Array(function)]),
            "*1|" + Wire.Map([.. library, "*1|" + Wire.Map(function)]));
        await Is(c => c.FunctionDumpAsync(), "FUNCTION DUMP", "x", "$1|x|");
        await Is(c => c.FunctionRestoreAsync("x"u8.ToArray()), "FUNCTION RESTORE x APPEND", "True", "+OK|");
        await Is(c => c.FunctionKillAsync(), "FUNCTION KILL", "True", "+OK|");
    }

    [Fact]
    public async Task Publishing()
    {
        await Is(c => c.PublishAsync("ch", "m"), "PUBLISH ch m", "3", ":3|");
        await Is(c => c.SPublishAsync("ch", "m"), "SPUBLISH ch m", "3", ":3|");
        await Is(c => c.PubSubChannelsAsync(), "PUBSUB CHANNELS", "[a]", "*1|$1|a|");
        await Is(c => c.PubSubChannelsAsync("a*"), "PUBSUB CHANNELS a*", "[]", "*0|");
        await Is(c => c.PubSubNumSubAsync(["a", "b"]), "PUBSUB NUMSUB a b", "{a=1, b=0}", "*4|$1|a|:1|$1|b|:0|", "%2|$1|a|:1|$1|b|:0|");
        await Is(c => c.PubSubNumPatAsync(), "PUBSUB NUMPAT", "2", ":2|");
    }

    [Fact]
    public async Task The_server()
    {
        string[] info = ["$34|# Server|redis_version:7.0.15|||", "=38|txt:# Server|redis_version:7.0.15|||"];
        await Is(c => c.PingAsync(), "PING", "True", "+PONG|");
        await Is(c => c.EchoAsync("x"), "ECHO x", "x", "$1|x|");
        await Is(c => c.TimeAsync(), "TIME", "2030-03-17T17:46:40.0000050+00:00", "*2|$10|1900000000|$1|5|");
        await Is(c => c.DbSizeAsync(), "DBSIZE", "5", ":5|");
        await Is(c => c.FlushDbAsync(), "FLUSHDB ASYNC", "True", "+OK|");
        await Is(c => c.FlushAllAsync(isAsync: false), "FLUSHALL SYNC", "True", "+OK|");
        await Is(c => c.SwapDbAsync(0, 1), "SWAPDB 0 1", "True", "+OK|");
        await Is(c => c.InfoAsync("server"), "INFO server", "{redis_version=7.0.15}", info);
        await Is(c => c.ConfigGetAsync("max*"), "CONFIG GET max*", "{maxmemory=0}", "*2|$9|maxmemory|$1|0|", "%1|$9|maxmemory|$1|0|");
        await Is(c => c.ConfigSetAsync("maxmemory", 5), "CONFIG SET maxmemory 5", "True", "+OK|");
        await Is(c => c.ConfigResetStatAsync(), "CONFIG RESETSTAT", "True", "+OK|");
        await Is(c => c.ConfigRewriteAsync(), "CONFIG REWRITE", "True", "+OK|");
        await Is(c => c.CommandCountAsync(), "COMMAND COUNT", "240", ":240|");
        await Is(c => c.CommandListAsync(), "COMMAND LIST", "[get]", "*1|$3|get|");
        await Is(c => c.CommandInfoAsync(["get", "x"]), "COMMAND INFO get x", "[[get, 2], (nil)]", "*2|*2|$3|get|:2|*-1|", "*2|*2|$3|get|:2|_|");
        await Is(c => c.MemoryUsageAsync("k", 0), "MEMORY USAGE k SAMPLES 0", "56", ":56|");
        await Is(c => c.MemoryStatsAsync(), "MEMORY STATS", "{keys.count=5}", "*2|$10|keys.count|:5|", "%1|$10|keys.count|:5|");
        await Is(c => c.MemoryPurgeAsync(), "MEMORY PURGE", "True", "+OK|");
        await Is(
            c => c.SlowLogGetAsync(5),
            "SLOWLOG GET 5",
            "[1 2030-03-17T17:46:40.0000000+00:00 00:00:00.0000150 [GET, k] 127.0.0.1:5 me]",
            "*1|*6|:1|:1900000000|:15|*2|$3|GET|$1|k|$11|127.0.0.1:5|$2|me|");
        await Is(c => c.SlowLogLenAsync(), "SLOWLOG LEN", "5", ":5|");
        await Is(c => c.SlowLogResetAsync(), "SLOWLOG RESET", "True", "+OK|");
        await Is(c => c.LastSaveAsync(), "LASTSAVE", "2030-03-17T17:46:40.0000000+00:00", ":1900000000|");
        await Is(c => c.SaveAsync(), "SAVE", "True", "+OK|");
        await Is(c => c.BgSaveAsync(), "BGSAVE", "Background", "+Background|");
        await Is(c => c.BgRewriteAofAsync(), "BGREWRITEAOF", "Background", "+Background|");
        await Is(c => c.RoleAsync(), "ROLE", "[master, 5, []]", "*3|$6|master|:5|*0|");
    }

    [Fact]
    public async Task Connections_as_the_server_sees_them()
    {
        string[] clients = ["$23|id=1 name=a\nid=2 name=\n|", "=27|txt:id=1 name=a\nid=2 name=\n|"];
        await Is(c => c.ClientIdAsync(), "CLIENT ID", "5", ":5|");
        await Is(c => c.ClientGetNameAsync(), "CLIENT GETNAME", "nil", "$-1|", "_|");
        await Is(c => c.ClientInfoAsync(), "CLIENT INFO", "{id=1, name=}", "$11|id=1 name=\n|");
        await Is(c => c.ClientListAsync(), "CLIENT LIST", "[{id=1, name=a}, {id=2, name=}]", clients);
        await Is(c => c.ClientKillAsync(new ClientKillFilter(Id: 5)), "CLIENT KILL ID 5 SKIPME yes", "1", ":1|");
        await Is(
            c => c.ClientKillAsync(new ClientKillFilter(null, "1.2.3.4:5", "u", "normal", SkipMe: false)),
            "CLIENT KILL ADDR 1.2.3.4:5 USER u TYPE normal SKIPME no",
            "2",
            ":2|");
        await Is(c => c.ClientUnblockAsync(5, withError: true), "CLIENT UNBLOCK 5 ERROR", "True", ":1|");
        await Is(c => c.ClientPauseAsync(TimeSpan.FromSeconds(1), onlyWrites: true), "CLIENT PAUSE 1000 WRITE", "True", "+OK|");
        await Is(c => c.ClientUnpauseAsync(), "CLIENT UNPAUSE", "True", "+OK|");
    }
}
