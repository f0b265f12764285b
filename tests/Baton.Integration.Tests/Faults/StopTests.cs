using Baton.TestKit;
using Baton.TestKit.Processes;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Faults;

/// <summary>How a cluster ends, and what is left of it.</summary>
[Collection(FaultCollection.Name)]
public sealed class StopTests
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("garnet")]
    [InlineData("redis")]
    public async Task an_orderly_end_leaves_no_process_and_a_start_brings_cluster_data_and_sequence_back(string engine)
    {
        var first = await BatonProcess.StartAsync(new BatonOptions { Engine = engine, Shards = 2, Persistence = "everysec", DelayMs = 50 });
        var firstSequence = await MigrateAndSeeSequenceAsync(first);
        await using (var connection = await RawConnection.ConnectAsync(await first.HostAsync(), first.Port))
        {
            await connection.ExpectAsync('+', "SET", "kept", "value");
        }

        Assert.Equal(0, await first.StopAsync());
        await Eventually.TrueAsync(() => ProcessTable.UsersOf(first.DataDirectory).Count == 0, EndLimit, "no process left");
        await using var second = await first.RestartAsync();
        await using (var connection = await RawConnection.ConnectAsync(await second.HostAsync(), second.Port))
        {
            Assert.Equal("value", (await connection.CallAsync("GET", "kept")).Text);
        }

        Assert.Equal(first.Port, second.Port);
        Assert.Equal(firstSequence + 2, await MigrateAndSeeSequenceAsync(second));
    }

    [Fact]
    public async Task a_second_start_on_the_same_data_is_refused_and_the_first_goes_on()
    {
        await using var first = await BatonProcess.StartAsync(new BatonOptions());
        var error = await Assert.ThrowsAnyAsync<Exception>(
            () => BatonProcess.StartAsync(first.Options with { DataDirectory = first.DataDirectory }));
        Assert.Contains(first.DataDirectory, error.Message, StringComparison.Ordinal);
        await using var connection = await RawConnection.ConnectAsync(await first.HostAsync(), first.Port);
        Assert.Equal("+PONG\r\n", (await connection.CallAsync("PING")).Raw);
    }

    [Fact]
    public async Task what_a_killed_process_left_of_its_rehearsal_is_removed_by_the_next_start()
    {
        var data = Directory.CreateTempSubdirectory("baton-test-").FullName;
        var rehearsal = Path.Combine(data, "rehearsal");
        Directory.CreateDirectory(Path.Combine(rehearsal, "instances", "1"));
        await File.WriteAllTextAsync(Path.Combine(rehearsal, "rehearsal.mark"), "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(rehearsal, "cluster.state"), "cut off by a ki", TestContext.Current.CancellationToken);
        try
        {
            await using var cluster = await BatonProcess.StartAsync(new BatonOptions { DataDirectory = data, DelayMs = 50 });
            await MigrateAndSeeSequenceAsync(cluster);
            await Eventually.TrueAsync(() => !Directory.Exists(rehearsal), EndLimit, "the rehearsal is over and has left nothing");
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<long> MigrateAndSeeSequenceAsync(BatonProcess cluster)
    {
        await using var probe = await RawConnection.ConnectResp3Async(await cluster.HostAsync(), cluster.Port, optIn: []);
        var shard = (await cluster.Api.ShardsAsync())[0];
        await cluster.Api.CompleteAsync(await cluster.Api.MigrateAsync([shard.Uid], shard.Node % 3 + 1), EndLimit);
        var push = await probe.PushAsync(frame => frame.Items![0].Text == "MIGRATING", "MIGRATING");
        return push.Frame.Items![1].Integer;
    }
}
