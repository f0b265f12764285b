using System.Text;
using Baton.Server.Engines;
using Baton.Server.Engines.Garnet;
using Baton.Server.Engines.Movers;
using Baton.Server.Engines.Wire;
using Xunit;

namespace Baton.Server.Tests.Engines;

public sealed class CopyMoverTests
{
    [Fact]
    public async Task a_flush_during_the_copy_starts_it_again()
    {
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Garnet, EngineKind.Garnet);
        await move.FillAsync(20_000);
        await using RespConnection client = await move.Lab.ConnectAsync(move.Source);
        int flushes = 0;
        Synchronously<MoveProgress> progress = new(report =>
        {
            if (report.What == "keys" && flushes++ == 0)
            {
                move.Gate.WriteAsync(0, null, "FLUSHALL", async () =>
                {
                    await client.DemandAsync(["FLUSHALL"], move.Lab.Token);
                    return await client.DemandAsync(["SET", "only", "key"], move.Lab.Token);
                }).GetAwaiter().GetResult();
            }
        });

        await move.Mover.AttachAsync(progress, move.Lab.Token);
        await move.SwitchAsync(() => { });

        Assert.True(flushes >= 1);
        Assert.Equal(["0/" + Convert.ToHexString("only"u8)], (await move.ReadAsync(move.Target)).Keys);
    }

    [Fact]
    public async Task keys_that_are_written_faster_than_they_are_found_do_not_keep_the_copy_from_ending()
    {
        const int keys = 2_000;
        MoverLimits limits = MoverLimits.Default with { KeysPerBatch = 100, AttachLimit = TimeSpan.FromSeconds(60) };
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Garnet, EngineKind.Garnet, limits: limits);
        await move.FillAsync(keys);
        await using RespConnection client = await move.Lab.ConnectAsync(move.Source);
        int pages = 0;
        int next = 0;
        Synchronously<MoveProgress> progress = new(report =>
        {
            // Each record goes to the end of the log, and more of them than a page holds.
            for (int i = 0; report.What == "keys" && i < 2 * limits.KeysPerBatch; i++, next++)
            {
                string name = MoveLab.Name(next % keys);
                RespBatch batch = new RespBatch().Add("DEL", name).Add("SET", name, $"value {next % keys}");
                move.Gate.WriteAsync(0, Encoding.UTF8.GetBytes(name), "SET", () => client.SendAsync(batch, move.Lab.Token)).GetAwaiter().GetResult();
            }

            pages += report.What == "keys" ? 1 : 0;
        });

        await move.Mover.AttachAsync(progress, move.Lab.Token);
        await move.SwitchAsync(() => { });

        Assert.InRange(pages, 2, (keys / limits.KeysPerBatch) + GarnetOptions.DatabaseCount);
        await move.AssertFilledAsync(move.Target, keys);
    }

    [Fact]
    public async Task strings_and_collections_of_many_pages_in_several_databases_are_all_found()
    {
        MoverLimits limits = MoverLimits.Default with { KeysPerBatch = 100 };
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Garnet, EngineKind.Garnet, limits: limits);
        await using (RespConnection client = await move.Lab.ConnectAsync(move.Source))
        {
            foreach (string database in new[] { "0", "3", "15" })
            {
                RespBatch batch = new RespBatch().Add("SELECT", database);
                for (int i = 0; i < 1_000; i++)
                {
                    batch.Add("SET", $"string {i}", database).Add("HSET", $"hash {i}", "field", database).Add("RPUSH", $"list {i}", database);
                }

                Assert.DoesNotContain(await client.SendAsync(batch, move.Lab.Token), reply => reply.IsError);
            }
        }

        SortedDictionary<string, string> before = await move.ReadAsync(move.Source);
        await move.RunAsync();

        Assert.Equal(9_000, before.Count);
        Assert.Equal(before, await move.ReadAsync(move.Target));
    }

    [Fact]
    public async Task flushes_without_end_fail_by_name()
    {
        MoverLimits limits = MoverLimits.Default with { MaxRestarts = 2 };
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Garnet, EngineKind.Garnet, limits: limits);
        await move.FillAsync(10);
        Synchronously<MoveProgress> progress = new(_ =>
            move.Gate.WriteAsync(0, null, "EVAL", () => Task.FromResult(0)).GetAwaiter().GetResult());

        EngineException failed = await Assert.ThrowsAsync<EngineException>(() => move.Mover.AttachAsync(progress, move.Lab.Token));

        Assert.Contains("EVAL", failed.Message, StringComparison.Ordinal);
        Assert.Contains("MaxRestarts", failed.Message, StringComparison.Ordinal);
        await move.Mover.AbortAsync();
        await move.AssertServesAsync(move.Source);
        Assert.Equal(1, move.Gate.TapsDisposed);
    }

    [Fact]
    public async Task a_whole_keyspace_write_just_before_the_switch_fails_the_switch()
    {
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Garnet, EngineKind.Garnet);
        await move.Mover.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token);
        await move.Gate.WriteAsync(0, null, "SWAPDB", () => Task.FromResult(0));
        await move.Gate.CloseAsync();

        EngineException failed = await Assert.ThrowsAsync<EngineException>(() => move.Mover.CatchUpAsync(move.Lab.Token));

        Assert.Contains("SWAPDB", failed.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EngineException>(() => move.Mover.FenceAsync(move.Lab.Token));
    }

    [Fact]
    public async Task a_stream_does_not_fit_onto_garnet_and_is_named()
    {
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Redis, EngineKind.Garnet);
        await using RespConnection client = await move.Lab.ConnectAsync(move.Source);
        await client.DemandAsync(["XADD", "my stream", "*", "f", "v"], move.Lab.Token);

        EngineException failed = await Assert.ThrowsAsync<EngineException>(() =>
            move.Mover.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token));

        Assert.Contains("'my stream' of database 0 is a stream", failed.Message, StringComparison.Ordinal);
        Assert.Contains("garnet", failed.Message, StringComparison.Ordinal);
        await move.Mover.AbortAsync();
        await move.AssertServesAsync(move.Source);
    }

    [Fact]
    public async Task functions_do_not_fit_onto_garnet_and_are_named()
    {
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Redis, EngineKind.Garnet);
        await RedisOnlyData.WriteAsync(move);

        EngineException failed = await Assert.ThrowsAsync<EngineException>(() =>
            move.Mover.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token));

        Assert.Contains("function libraries", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task times_to_live_of_hash_fields_travel_where_both_have_them()
    {
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Garnet, EngineKind.Garnet);
        await WriteExpiringFieldAsync(move);

        await move.RunAsync();

        await using RespConnection reader = await move.Lab.ConnectAsync(move.Target);
        RespReply expiry = await reader.DemandAsync(["HPEXPIRETIME", "hash", "FIELDS", "2", "a", "b"], move.Lab.Token);
        Assert.Equal([32503680000123, -1], expiry.Items!.Select(item => item.Integer!.Value));
    }

    [Fact]
    public async Task times_to_live_of_hash_fields_fail_by_name_where_the_target_has_none()
    {
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Garnet, EngineKind.Redis);
        Assert.SkipWhen(move.Target.Capabilities.Commands.Find("HPEXPIREAT"u8) is not null, "this redis-server has them");
        await WriteExpiringFieldAsync(move);

        EngineException failed = await Assert.ThrowsAsync<EngineException>(() =>
            move.Mover.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token));

        Assert.Contains("field 'a' of key 'hash'", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_target_that_holds_keys_is_refused()
    {
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Garnet, EngineKind.Garnet);
        await move.AssertServesAsync(move.Target);

        EngineException failed = await Assert.ThrowsAsync<EngineException>(() =>
            move.Mover.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token));

        Assert.Contains("holds keys already", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_tap_that_never_delivers_ends_by_the_limit()
    {
        MoverLimits limits = MoverLimits.Default with { StallLimit = TimeSpan.FromMilliseconds(300) };
        await using MoveLab move = await MoveLab.StartAsync(EngineKind.Garnet, EngineKind.Garnet, limits: limits);
        TaskCompletionSource<int> never = new();
        Task<int> stuck = move.Gate.WriteAsync(0, "key"u8.ToArray(), "SET", () => never.Task);

        EngineException failed = await Assert.ThrowsAsync<EngineException>(() =>
            move.Mover.AttachAsync(new Progress<MoveProgress>(), move.Lab.Token));

        Assert.Contains("StallLimit", failed.Message, StringComparison.Ordinal);
        never.SetResult(0);
        await stuck;
    }

    private static async Task WriteExpiringFieldAsync(MoveLab move)
    {
        await using RespConnection client = await move.Lab.ConnectAsync(move.Source);
        await client.DemandAsync(["HSET", "hash", "a", "1", "b", "2"], move.Lab.Token);
        await client.DemandAsync(["HPEXPIREAT", "hash", "32503680000123", "FIELDS", "1", "a"], move.Lab.Token);
    }

    /// <summary>Reports at once, on the caller's thread.</summary>
    private sealed class Synchronously<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
