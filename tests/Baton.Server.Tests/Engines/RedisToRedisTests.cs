using System.Diagnostics;
using Baton.Server.Engines;
using Baton.Server.Engines.Movers;
using Baton.Server.Engines.RedisProcess;
using Baton.Server.Engines.Wire;
using Xunit;

namespace Baton.Server.Tests.Engines;

public sealed class RedisToRedisTests() : ShardMoverContract(EngineKind.Redis, EngineKind.Redis)
{
    [Fact]
    public async Task a_failover_goes_to_the_replica_there_is_and_swaps_the_roles()
    {
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Redis, EngineKind.Redis);
        await move.FillAsync(1000);
        await move.Target.FollowAsync(move.Source, move.Lab.Token);
        await MoveLab.UntilAsync(async () => (await move.Target.ProbeAsync(move.Lab.Token)).LinkUp, move.Lab.Token);

        await move.Mover.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token);
        await move.Mover.CatchUpAsync(move.Lab.Token);
        await move.Mover.FenceAsync(move.Lab.Token);
        await move.Mover.PromoteAsync(move.Lab.Token);
        await move.Mover.WakeAsync(move.Lab.Token);
        await move.Mover.RetireOldAsync(keepAsReplica: true, move.Lab.Token);

        await move.AssertFilledAsync(move.Target, 1000);
        await move.AssertServesAsync(move.Target);
        await move.UntilReplicaAsync(move.Source);

        // And back: the fence of the first failover must not have stayed behind.
        await using IShardMover back = ShardMovers.Create(
            move.Target, move.Source, move.Gate.AttachTapAsync, MoverLimits.Default, TimeProvider.System);
        await back.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token);
        await back.CatchUpAsync(move.Lab.Token);
        await back.FenceAsync(move.Lab.Token);
        await back.PromoteAsync(move.Lab.Token);
        await back.WakeAsync(move.Lab.Token);
        await move.AssertServesAsync(move.Source);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_source_that_a_script_keeps_busy_is_waited_for_and_is_still_a_master(bool copy)
    {
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Redis, EngineKind.Redis, forceCopy: copy);
        await move.FillAsync(100);
        await using RespConnection source = await BusyAsync(move);

        Task attach = move.Mover.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token);
        for (int looks = 0; looks < 300 && !attach.IsCompleted; looks++)
        {
            await Task.Delay(1, move.Lab.Token);
        }

        Assert.True((await Assert.ThrowsAsync<EngineException>(() => move.Source.ProbeAsync(move.Lab.Token))).IsBusy);
        Assert.Equal("OK", (await source.CallAsync(["SCRIPT", "KILL"], move.Lab.Token)).Text);
        await attach;
        await move.SwitchAsync(() => { });
        await move.AssertFilledAsync(move.Target, 100);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_source_that_stays_busy_fails_the_attach_by_name(bool copy)
    {
        MoverLimits limits = MoverLimits.Default with { BusyLimit = TimeSpan.FromMilliseconds(200) };
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Redis, EngineKind.Redis, forceCopy: copy, limits: limits);
        await using RespConnection source = await BusyAsync(move);

        EngineException failed = await Assert.ThrowsAsync<EngineException>(
            () => move.Mover.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token));

        Assert.Contains("BusyLimit", failed.Message, StringComparison.Ordinal);
        await source.CallAsync(["SCRIPT", "KILL"], move.Lab.Token);
    }

    /// <summary>A script runs on the source without end; returns a connection to kill it on.</summary>
    private static async Task<RespConnection> BusyAsync(MoveLab move)
    {
        RespConnection source = await move.Lab.ConnectAsync(move.Source);
        await source.DemandAsync(["CONFIG", "SET", "busy-reply-threshold", "20"], move.Lab.Token);
        RespConnection runner = await move.Lab.ConnectAsync(move.Source);
        _ = runner.CallAsync(["EVAL", "while true do end", "0"], move.Lab.Token)
            .ContinueWith(_ => runner.DisposeAsync().AsTask(), TaskScheduler.Default);
        await MoveLab.UntilAsync(async () => (await source.CallAsync(["PING"], move.Lab.Token)).IsBusy, move.Lab.Token);
        return source;
    }

    [Fact]
    public async Task after_the_attach_the_stream_flows_though_nobody_has_written()
    {
        // Near is not enough: the source may keep its stream back for up to a second after the first copy, and a hold would wait for it.
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Redis, EngineKind.Redis);
        await move.FillAsync(1000);

        await move.Mover.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token);

        await using RespConnection target = await move.Lab.ConnectAsync(move.Target);
        InfoReply applied = new(await target.SendAsync(new RespBatch().Add("INFO", "commandstats"), move.Lab.Token));
        Assert.StartsWith("calls=1,", applied["cmdstat_spublish"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_aborted_failover_leaves_the_replica_following()
    {
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Redis, EngineKind.Redis);
        await move.Target.FollowAsync(move.Source, move.Lab.Token);
        await move.Mover.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token);
        await move.Mover.CatchUpAsync(move.Lab.Token);
        await move.Mover.FenceAsync(move.Lab.Token);

        await move.Mover.AbortAsync();

        await move.AssertServesAsync(move.Source);
        await move.UntilReplicaAsync(move.Target);
    }

    [Fact]
    public async Task with_always_a_kill_right_after_the_switch_loses_nothing()
    {
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Redis, EngineKind.Redis, persistence: PersistenceMode.Always);
        await move.FillAsync(20_000);

        await move.RunAsync();
        await move.AssertServesAsync(move.Target);
        await move.Target.DisposeAsync(); // SIGKILL

        IShardEngine again = await move.Lab.StartAsync(EngineKind.Redis, move.Target.Spec with { Recover = true });
        await move.AssertFilledAsync(again, 20_000);
    }

    [Fact]
    public async Task a_source_that_stalls_ends_the_attach_by_its_limit()
    {
        MoverLimits limits = MoverLimits.Default with { CommandLimit = TimeSpan.FromMilliseconds(500) };
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Redis, EngineKind.Redis, limits: limits);
        await move.FillAsync(1000);
        int source = ((RedisProcessEngine)move.Source).ProcessId;
        Signal("STOP", source);
        try
        {
            EngineException failed = await Assert.ThrowsAsync<EngineException>(() =>
                move.Mover.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token));
            Assert.Contains("CommandLimit", failed.Message, StringComparison.Ordinal);
            await move.Mover.AbortAsync();
        }
        finally
        {
            Signal("CONT", source);
        }

        await move.AssertServesAsync(move.Source);
    }

    [Fact]
    public async Task a_source_that_stalls_in_the_hold_never_gets_its_target_promoted()
    {
        MoverLimits limits = MoverLimits.Default with { CommandLimit = TimeSpan.FromMilliseconds(500) };
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Redis, EngineKind.Redis, limits: limits);
        await move.Mover.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token);
        await move.Mover.CatchUpAsync(move.Lab.Token);
        int source = ((RedisProcessEngine)move.Source).ProcessId;
        Signal("STOP", source);
        try
        {
            await Assert.ThrowsAsync<EngineException>(() => move.Mover.FenceAsync(move.Lab.Token));
            await Assert.ThrowsAsync<EngineException>(() => move.Mover.PromoteAsync(move.Lab.Token));
        }
        finally
        {
            Signal("CONT", source);
        }

        await move.Mover.AbortAsync();
        await move.AssertServesAsync(move.Source);
    }

    [Fact]
    public async Task functions_and_streams_arrive()
    {
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Redis, EngineKind.Redis);
        await RedisOnlyData.WriteAsync(move);

        await move.RunAsync();

        await RedisOnlyData.AssertOnAsync(move, move.Target);
    }

    [Fact]
    public async Task a_key_that_is_over_during_the_switch_expires_once_and_at_the_target_when_that_is_woken()
    {
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Redis, EngineKind.Redis);
        await move.Mover.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token);
        await using RespConnection source = await move.Lab.ConnectAsync(move.Source);
        await using RespConnection target = await move.Lab.ConnectAsync(move.Target);
        await source.DemandAsync(["SET", "short", "v", "PX", "500"], move.Lab.Token);
        await move.Mover.CatchUpAsync(move.Lab.Token);
        await move.Mover.FenceAsync(move.Lab.Token);
        Task<bool> IsOver(RespConnection link) => IsAsync(link, ["PTTL", "short"], "-2");
        await MoveLab.UntilAsync(() => IsOver(source), move.Lab.Token); // asking for it would expire it, if it might

        await move.Mover.PromoteAsync(move.Lab.Token);
        await MoveLab.UntilAsync(() => IsOver(target), move.Lab.Token);
        Assert.Equal("0 0", $"{await ExpiredAsync(source)} {await ExpiredAsync(target)}");

        await move.Mover.WakeAsync(move.Lab.Token);
        await MoveLab.UntilAsync(async () => await ExpiredAsync(target) == "1", move.Lab.Token);
        Assert.Equal("0", await ExpiredAsync(source));

        async Task<bool> IsAsync(RespConnection link, string[] command, string expected) =>
            (await link.CallAsync(command, move.Lab.Token)).Text == expected;
        async Task<string> ExpiredAsync(RespConnection link) =>
            new InfoReply(await link.SendAsync(new RespBatch().Add("INFO", "stats"), move.Lab.Token))["expired_keys"];
    }

    private static void Signal(string name, int processId)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{processId}"]);
        Assert.True(kill.WaitForExit(EngineLab.Patience));
    }
}
