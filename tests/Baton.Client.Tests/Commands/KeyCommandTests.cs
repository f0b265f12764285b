using Xunit;
using static Baton.Client.Tests.Commands.CommandCheck;

namespace Baton.Client.Tests.Commands;

public sealed class KeyCommandTests
{
    [Fact]
    public async Task Keys_as_such()
    {
        await Is(c => c.DelAsync("k"), "DEL k", "True", ":1|");
        await Is(c => c.DelAsync(["a", "b"]), "DEL a b", "2", ":2|");
        await Is(c => c.UnlinkAsync("k"), "UNLINK k", "False", ":0|");
        await Is(c => c.UnlinkAsync(["a", "b"]), "UNLINK a b", "1", ":1|");
        await Is(c => c.ExistsAsync("k"), "EXISTS k", "True", ":1|");
        await Is(c => c.ExistsAsync(["a", "a"]), "EXISTS a a", "2", ":2|");
        await Is(c => c.TouchAsync(["a"]), "TOUCH a", "1", ":1|");
        await Is(c => c.TypeAsync("k"), "TYPE k", "zset", "+zset|");
        await Is(c => c.RenameAsync("a", "b"), "RENAME a b", "True", "+OK|");
        await Is(c => c.RenameNxAsync("a", "b"), "RENAMENX a b", "False", ":0|");
        await Is(c => c.CopyAsync("a", "b"), "COPY a b", "True", ":1|");
        await Is(c => c.CopyAsync("a", "b", replace: true, database: 3), "COPY a b DB 3 REPLACE", "True", ":1|");
        await Is(c => c.MoveAsync("a", 2), "MOVE a 2", "True", ":1|");
        await Is(c => c.RandomKeyAsync(), "RANDOMKEY", "nil", "$-1|", "_|");
        await Is(c => c.KeysAsync("a*"), "KEYS a*", "[ab, ac]", "*2|$2|ab|$2|ac|");
        await Is(c => c.DumpAsync("k"), "DUMP k", "nil", "$-1|", "_|");
        await Is(c => c.RestoreAsync("k", new byte[] { 65 }), "RESTORE k 0 A", "True", "+OK|");
        await Is(
            c => c.RestoreAsync("k", new byte[] { 65 }, TimeSpan.FromSeconds(1), replace: true), "RESTORE k 1000 A REPLACE", "True", "+OK|");
    }

    [Fact]
    public async Task Ends()
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_900_000_000_001);
        await Is(c => c.ExpireAsync("k", TimeSpan.FromSeconds(1.5)), "PEXPIRE k 1500", "True", ":1|");
        await Is(c => c.ExpireAsync("k", TimeSpan.FromSeconds(1), ExpireWhen.HasNone), "PEXPIRE k 1000 NX", "False", ":0|");
        await Is(c => c.ExpireAsync("k", TimeSpan.FromSeconds(1), ExpireWhen.HasOne), "PEXPIRE k 1000 XX", "False", ":0|");
        await Is(c => c.ExpireAsync("k", TimeSpan.FromSeconds(1), ExpireWhen.Later), "PEXPIRE k 1000 GT", "False", ":0|");
        await Is(c => c.ExpireAtAsync("k", time, ExpireWhen.Earlier), "PEXPIREAT k 1900000000001 LT", "True", ":1|");
        await Is(c => c.PersistAsync("k"), "PERSIST k", "True", ":1|");
        await Is(c => c.TtlAsync("k"), "PTTL k", "00:00:01.5000000", ":1500|");
        await Is(c => c.TtlAsync("k"), "PTTL k", "nil", ":-2|");
        await Is(c => c.TtlAsync("k"), "PTTL k", Show(Timeout.InfiniteTimeSpan), ":-1|");
        await Is(c => c.ExpireTimeAsync("k"), "PEXPIRETIME k", Show(time), ":1900000000001|");
        await Is(c => c.ExpireTimeAsync("k"), "PEXPIRETIME k", "nil", ":-2|");
        await Is(c => c.ExpireTimeAsync("k"), "PEXPIRETIME k", Show(DateTimeOffset.MaxValue), ":-1|");
    }

    [Fact]
    public async Task How_they_are_stored()
    {
        await Is(c => c.ObjectEncodingAsync("k"), "OBJECT ENCODING k", "listpack", "$8|listpack|");
        await Is(c => c.ObjectFreqAsync("k"), "OBJECT FREQ k", "3", ":3|");
        await Is(c => c.ObjectIdleTimeAsync("k"), "OBJECT IDLETIME k", "00:00:07", ":7|");
        await Is(c => c.ObjectRefCountAsync("k"), "OBJECT REFCOUNT k", "nil", "$-1|", "_|");
    }

    [Fact]
    public async Task Sorting()
    {
        await Is(c => c.SortAsync("k"), "SORT k", "[1, nil]", "*2|$1|1|$-1|", "*2|$1|1|_|");
        var options = new SortOptions { By = "w_*", Offset = 1, Count = 2, Get = ["#", "v_*"], Descending = true, Alphabetic = true };
        await Is(c => c.SortAsync("k", options), "SORT k BY w_* LIMIT 1 2 GET # GET v_* DESC ALPHA", "[]", "*0|");
        await Is(c => c.SortAndStoreAsync("d", "k", new SortOptions { Offset = 1 }), "SORT k LIMIT 1 -1 STORE d", "2", ":2|");
        Assert.True(await RepeatsAsync(c => c.SortAsync("k"), "*0|"));
        Assert.False(await RepeatsAsync(c => c.SortAndStoreAsync("d", "k"), ":1|"));
    }

    [Fact]
    public async Task A_scan_goes_on_until_the_cursor_is_0_also_over_empty_pages()
    {
        var commands = new ScriptedCommands("*2|$2|17|*2|$1|a|$1|b|", "*2|$20|18446744073709551615|*0|", "*2|$1|0|*1|$1|c|");
        var found = new List<string>();

        await foreach (var key in commands.ScanAsync(new ScanOptions("k*", 50, "hash")))
        {
            found.Add(key.ToString());
        }

        Assert.Equal(["a", "b", "c"], found);
        Assert.Equal(
            ["SCAN 0 MATCH k* COUNT 50 TYPE hash", "SCAN 17 MATCH k* COUNT 50 TYPE hash", "SCAN 18446744073709551615 MATCH k* COUNT 50 TYPE hash"],
            commands.Sent);
    }

    [Fact]
    public async Task Scans_of_hashes_sets_and_sorted_sets()
    {
        var hash = new ScriptedCommands("*2|$1|0|*2|$1|f|$1|v|");
        await foreach (var (field, value) in hash.HScanAsync("h"))
        {
            Assert.Equal(("f", "v"), (field, value));
        }

        var set = new ScriptedCommands("*2|$1|0|*1|$1|m|");
        await foreach (var member in set.SScanAsync("s", new ScanOptions("m*")))
        {
            Assert.Equal("m", member);
        }

        var sorted = new ScriptedCommands("*2|$1|0|*2|$1|m|$3|1.5|");
        await foreach (var (member, score) in sorted.ZScanAsync("z"))
        {
            Assert.Equal(("m", 1.5), (member, score));
        }

        Assert.Equal(["HSCAN h 0", "SSCAN s 0 MATCH m*", "ZSCAN z 0"], [.. hash.Sent, .. set.Sent, .. sorted.Sent]);
    }

    [Fact]
    public async Task A_cancelled_scan_ends_between_two_elements()
    {
        using var cancellation = new CancellationTokenSource();
        var commands = new ScriptedCommands("*2|$1|5|*2|$1|a|$1|b|");
        var found = 0;

        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in commands.ScanAsync().WithCancellation(cancellation.Token))
            {
                found++;
                await cancellation.CancelAsync();
            }
        });

        Assert.Equal(1, found);
        Assert.Single(commands.Sent);
    }

    private static async Task<bool> RepeatsAsync<T>(Func<RedisCommands, ValueTask<T>> call, string reply)
    {
        var commands = new ScriptedCommands(reply);
        await call(commands);
        return (commands.LastTraits & CommandTraits.ReadOnly) != 0;
    }
}
