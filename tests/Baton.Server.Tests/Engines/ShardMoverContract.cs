using System.Text;
using Baton.Server.Engines;
using Baton.Server.Engines.Movers;
using Baton.Server.Engines.Wire;
using Xunit;

namespace Baton.Server.Tests.Engines;

/// <summary>What every mover must do, for every pair of engines.</summary>
public abstract class ShardMoverContract(EngineKind from, EngineKind to, bool forceCopy = false)
{
    private static readonly IProgress<MoveProgress> NoProgress = new Progress<MoveProgress>();

    [Fact]
    public async Task all_types_databases_and_times_to_live_are_equal_after_the_move()
    {
        await using MoveLab move = await MoveLab.StartAsync(from, to, forceCopy);
        await move.FillWithAllTypesAsync();
        SortedDictionary<string, string> before = await move.ReadAsync(move.Source);

        await move.RunAsync();

        SortedDictionary<string, string> after = await move.ReadAsync(move.Target);
        Assert.Equal(before.Keys, after.Keys);
        Assert.All(before, pair => Assert.Equal(pair.Value, after[pair.Key]));
        Assert.True(before.Count > 20);
    }

    [Fact]
    public async Task nothing_acknowledged_is_lost_under_load_and_counters_never_go_back()
    {
        await using MoveLab move = await MoveLab.StartAsync(from, to, forceCopy);
        await using WriteLoad load = new(move.Lab, move.Gate, move.Source);
        load.Start();
        await load.AdvanceAsync(20);

        await move.Mover.AttachAsync(NoProgress, move.Lab.Token);
        await load.AdvanceAsync(20);
        await move.SwitchAsync(() => load.SwitchTo(move.Target));
        await load.AdvanceAsync(20);
        await load.StopAsync();

        await load.AssertAllOnAsync(move.Target);
    }

    [Fact]
    public async Task a_hundred_thousand_keys_arrive_while_others_are_written()
    {
        await using MoveLab move = await MoveLab.StartAsync(from, to, forceCopy);
        await move.FillAsync(100_000);
        await using WriteLoad load = new(move.Lab, move.Gate, move.Source);
        load.Start();

        await move.Mover.AttachAsync(NoProgress, move.Lab.Token);
        await move.SwitchAsync(() => load.SwitchTo(move.Target));
        await load.StopAsync();

        await load.AssertAllOnAsync(move.Target);
        await move.AssertFilledAsync(move.Target, 100_000);
    }

    [Fact]
    public async Task the_fence_stops_writers_who_missed_the_news()
    {
        await using MoveLab move = await MoveLab.StartAsync(from, to, forceCopy);
        await using RespConnection stranger = await move.Lab.ConnectAsync(move.Source);
        await stranger.DemandAsync(["SET", "key", "before"], move.Lab.Token);
        await move.Mover.AttachAsync(NoProgress, move.Lab.Token);
        await move.Mover.CatchUpAsync(move.Lab.Token);

        await move.Mover.FenceAsync(move.Lab.Token);

        foreach (string[] write in Writes)
        {
            RespReply reply = await stranger.CallAsync(write, move.Lab.Token);
            Assert.True(reply.IsError, $"{write[0]} was answered with {reply.Text}");
            Assert.Matches("NOREPLICAS|NOPERM", reply.Text);
        }

        Assert.Equal("before", (await stranger.CallAsync(["GET", "key"], move.Lab.Token)).Text);
        Assert.Equal("PONG", (await stranger.CallAsync(["PING"], move.Lab.Token)).Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task an_abort_after_any_step_leaves_the_source_as_it_was(int steps)
    {
        await using MoveLab move = await MoveLab.StartAsync(from, to, forceCopy);
        await move.FillWithAllTypesAsync();
        SortedDictionary<string, string> before = await move.ReadAsync(move.Source);
        Func<Task>[] sequence =
        [
            () => move.Mover.AttachAsync(NoProgress, move.Lab.Token),
            () => move.Mover.CatchUpAsync(move.Lab.Token),
            () => move.Mover.FenceAsync(move.Lab.Token),
        ];
        foreach (Func<Task> step in sequence.Take(steps))
        {
            await step();
        }

        await move.Mover.AbortAsync();
        await move.Mover.AbortAsync();

        await Assert.ThrowsAsync<EngineException>(() => move.Mover.PromoteAsync(move.Lab.Token));
        Assert.Equal(before, await move.ReadAsync(move.Source));
        await using RespConnection client = await move.Lab.ConnectAsync(move.Source);
        await client.DemandAsync(["SET", "after", "abort"], move.Lab.Token);
        Assert.True((await move.Source.ProbeAsync(move.Lab.Token)).IsMaster);
    }

    [Fact]
    public async Task nothing_is_promoted_before_it_was_fenced()
    {
        await using MoveLab move = await MoveLab.StartAsync(from, to, forceCopy);
        await move.Mover.AttachAsync(NoProgress, move.Lab.Token);
        await move.Mover.CatchUpAsync(move.Lab.Token);

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => move.Mover.PromoteAsync(move.Lab.Token));

        Assert.Contains("not proven equal", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EngineException>(() => move.Mover.RetireOldAsync(false, move.Lab.Token));
    }

    [Fact]
    public async Task a_target_that_dies_before_the_copy_fails_by_name_and_the_source_serves_on()
    {
        await using MoveLab move = await MoveLab.StartAsync(from, to, forceCopy);
        await move.FillAsync(1000);
        await move.Target.DisposeAsync();

        await Assert.ThrowsAsync<EngineException>(() => move.Mover.AttachAsync(NoProgress, move.Lab.Token));
        await move.Mover.AbortAsync();

        await move.AssertServesAsync(move.Source);
    }

    [Fact]
    public async Task a_target_that_dies_before_the_switch_fails_by_name_and_the_source_serves_on()
    {
        await using MoveLab move = await MoveLab.StartAsync(from, to, forceCopy);
        await using WriteLoad load = new(move.Lab, move.Gate, move.Source);
        load.Start();
        await move.Mover.AttachAsync(NoProgress, move.Lab.Token);
        await load.AdvanceAsync(5);
        await move.Gate.CloseAsync();
        await move.Target.DisposeAsync();

        await Assert.ThrowsAsync<EngineException>(() => move.Mover.CatchUpAsync(move.Lab.Token));
        await move.Mover.AbortAsync();
        move.Gate.Open();

        await load.AdvanceAsync(5);
        await load.StopAsync();
        await load.AssertAllOnAsync(move.Source);
    }

    [Fact]
    public async Task keys_that_expire_meanwhile_do_not_come_back()
    {
        await using MoveLab move = await MoveLab.StartAsync(from, to, forceCopy);
        await using RespConnection client = await move.Lab.ConnectAsync(move.Source);
        await client.DemandAsync(["SET", "short", "lived", "PX", "50"], move.Lab.Token);
        await client.DemandAsync(["SET", "long", "lived", "PX", "600000"], move.Lab.Token);

        await move.RunAsync();

        await using RespConnection target = await move.Lab.ConnectAsync(move.Target);
        await MoveLab.UntilAsync(async () => (await target.CallAsync(["EXISTS", "short"], move.Lab.Token)).Integer == 0, move.Lab.Token);
        Assert.InRange((await target.CallAsync(["PTTL", "long"], move.Lab.Token)).Integer!.Value, 500_000, 600_000);
    }

    [Fact]
    public async Task big_collections_and_strings_arrive_whole()
    {
        await using MoveLab move = await MoveLab.StartAsync(from, to, forceCopy);
        await move.FillWithBigValuesAsync();
        SortedDictionary<string, string> before = await move.ReadAsync(move.Source);

        await move.RunAsync();

        SortedDictionary<string, string> after = await move.ReadAsync(move.Target);
        Assert.Equal(5, before.Count);
        Assert.All(before, pair => Assert.True(pair.Value == after[pair.Key], $"{pair.Key} differs"));
    }

    private static string[][] Writes =>
    [
        ["SET", "key", "after"], ["DEL", "key"], ["INCR", "n"], ["RPUSH", "l", "x"], ["HSET", "h", "f", "v"], ["SADD", "s", "m"],
        ["ZADD", "z", "1", "m"], ["EXPIRE", "key", "1"], ["FLUSHALL"], ["EVAL", "return redis.call('SET', KEYS[1], 'x')", "1", "key"],
        ["GETDEL", "key"], ["APPEND", "key", "x"], ["SETBIT", "b", "1", "1"], ["PFADD", "p", "x"], ["RENAME", "key", "other"],
    ];
}
