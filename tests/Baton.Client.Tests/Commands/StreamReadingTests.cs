using Xunit;

namespace Baton.Client.Tests.Commands;

/// <summary>Streams read on and on.</summary>
public sealed class StreamReadingTests
{
    private const string Nothing = "*-1|";

    [Fact]
    public async Task From_now_on_is_asked_once_so_that_nothing_between_two_requests_is_passed_over()
    {
        var commands = new ScriptedCommands("*1|" + Entry("7-0"), Nothing, Page("8-0", "9-0"), Page("9-1"));

        Assert.Equal(["8-0", "9-0", "9-1"], await TakeAsync(commands.XReadAllAsync("s"), 3, entry => entry.Id));

        const string Read = "XREAD COUNT 100 BLOCK 5000 STREAMS s ";
        Assert.Equal(["XREVRANGE s + - COUNT 1", Read + "7-0", Read + "7-0", Read + "9-0"], commands.Sent);
    }

    [Fact]
    public async Task From_now_on_of_an_empty_stream_is_from_its_beginning()
    {
        var commands = new ScriptedCommands("*0|", Page("1-0"));

        Assert.Equal(["1-0"], await TakeAsync(commands.XReadAllAsync("s"), 1, entry => entry.Id));

        Assert.Equal("XREAD COUNT 100 BLOCK 5000 STREAMS s 0-0", commands.Sent[1]);
    }

    [Fact]
    public async Task A_consumer_first_makes_the_group_and_claims_then_has_what_is_pending_then_what_is_new()
    {
        var commands = new ScriptedCommands(
            "-BUSYGROUP Consumer Group name already exists|",
            "*3|$3|3-0|*1|$3|1-0|*0|",
            "*3|$3|0-0|*0|*0|",
            Page("1-0"),
            Page(),
            Page("5-0"));
        var options = new StreamReadOptions { PageSize = 10, CreateGroupAfter = "0", ClaimIdle = TimeSpan.FromSeconds(60) };

        Assert.Equal(["1-0", "5-0"], await TakeAsync(commands.XReadGroupAllAsync("s", "g", "c", options), 2, entry => entry.Id));

        Assert.Equal(
            [
                "XGROUP CREATE s g 0 MKSTREAM",
                "XAUTOCLAIM s g c 60000 0-0 COUNT 10 JUSTID",
                "XAUTOCLAIM s g c 60000 3-0 COUNT 10 JUSTID",
                "XREADGROUP GROUP g c COUNT 10 STREAMS s 0-0",
                "XREADGROUP GROUP g c COUNT 10 STREAMS s 1-0",
                "XREADGROUP GROUP g c COUNT 10 BLOCK 5000 STREAMS s >",
            ],
            commands.Sent);
    }

    [Fact]
    public async Task Entries_are_acknowledged_by_the_loop_or_when_it_goes_on()
    {
        var byHand = new ScriptedCommands(Page("1-0"), ":1|");
        await foreach (var entry in byHand.XReadGroupAllAsync("s", "g", "c"))
        {
            Assert.Equal("v", entry["f"]);
            Assert.True(await entry.AckAsync());
            break;
        }

        var onNext = new ScriptedCommands(Page("1-0", "2-0"), ":1|");
        await TakeAsync(onNext.XReadGroupAllAsync("s", "g", "c", new StreamReadOptions { AckOnNext = true }), 2, entry => entry.Id);

        Assert.Equal("XACK s g 1-0", byHand.Sent[^1]);
        Assert.Equal(["XACK s g 1-0"], onNext.Sent.Where(command => command.StartsWith("XACK", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_pending_entry_that_was_deleted_is_acknowledged_and_passed_over()
    {
        var commands = new ScriptedCommands("*1|*2|$1|s|*2|*2|$3|1-0|*-1|" + Entry("2-0"), ":1|");

        Assert.Equal(["2-0"], await TakeAsync(commands.XReadGroupAllAsync("s", "g", "c"), 1, entry => entry.Id));

        Assert.Equal("XACK s g 1-0", commands.Sent[1]);
    }

    [Fact]
    public async Task Entries_of_a_reply_that_was_lost_are_read_from_what_is_pending()
    {
        var reads = 0;
        var commands = new ScriptedCommands(Page(), Page("5-0"), Page("6-0", "7-0"), Page(), Page("8-0"))
        {
            Fails = _ => ++reads == 3 ? Lost() : null,
        };

        Assert.Equal(["5-0", "6-0", "7-0", "8-0"], await TakeAsync(commands.XReadGroupAllAsync("s", "g", "c"), 4, entry => entry.Id));

        Assert.Equal(["0-0", ">", ">", "5-0", "7-0", ">"], commands.Sent.Select(command => command.Split(' ')[^1]));
    }

    [Fact]
    public async Task The_second_reply_lost_in_a_row_is_the_loops_error()
    {
        var commands = new ScriptedCommands { Fails = static _ => Lost() };

        await Assert.ThrowsAsync<RedisConnectionException>(() => TakeAsync(commands.XReadGroupAllAsync("s", "g", "c"), 1, entry => entry.Id));

        Assert.Equal(2, commands.Sent.Count);
    }

    [Fact]
    public async Task The_token_ends_a_loop()
    {
        using var cancellation = new CancellationTokenSource();
        var commands = new ScriptedCommands(Page("1-0", "2-0"));
        var seen = 0;

        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in commands.XReadGroupAllAsync("s", "g", "c").WithCancellation(cancellation.Token))
            {
                seen++;
                await cancellation.CancelAsync();
            }
        });

        Assert.Equal(1, seen);
    }

    private static RedisConnectionException Lost() => new(CloseReason.NetworkError, "lost", CommandOutcome.MayHaveRun);

    private static string Entry(string id) => $"*2|{Wire.Bulk(id)}*2|$1|f|$1|v|";

    private static string Page(params string[] ids) => $"*1|*2|$1|s|*{ids.Length}|{string.Concat(ids.Select(Entry))}";

    private static async Task<List<TOut>> TakeAsync<T, TOut>(IAsyncEnumerable<T> source, int count, Func<T, TOut> select)
    {
        var taken = new List<TOut>();
        await foreach (var item in source)
        {
            taken.Add(select(item));
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    }
}
