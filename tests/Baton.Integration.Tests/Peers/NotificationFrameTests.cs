using System.Text.Json.Nodes;
using Baton.TestKit;
using Baton.TestKit.Processes;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>The notifications of every operation, byte by byte, on several proxies and for every endpoint type.</summary>
public abstract class NotificationFrameTests(ProbedCluster cluster)
{
    private const int GraceSeconds = 3;
    private BatonProcess Process => cluster.Process;

    [Fact]
    public async Task a_migration_is_one_pair_on_every_proxy_naming_its_shards()
    {
        await cluster.WidenAsync();
        await using var probes = await ProbeSet.OpenAsync(Process, Process.NodeAddresses.Values);
        var shard = (await cluster.MastersAsync())[0];
        await Process.Api.CompleteAsync(
            await Process.Api.MigrateAsync([shard], await cluster.FreeNodeAsync([shard])), ProbedCluster.OperationLimit);
        await ExpectPairAsync(probes, "MIGRATING", "MIGRATED", [shard]);
    }

    [Fact]
    public async Task a_migration_of_several_shards_is_one_pair_naming_them_all()
    {
        await cluster.GatherAsync();
        await cluster.WidenAsync();
        var masters = await cluster.MastersAsync();
        await using var probes = await ProbeSet.OpenAsync(Process, Process.NodeAddresses.Values);
        await Process.Api.CompleteAsync(
            await Process.Api.MigrateAsync(masters, await cluster.FreeNodeAsync(masters)), ProbedCluster.OperationLimit);
        await ExpectPairAsync(probes, "MIGRATING", "MIGRATED", masters);
    }

    [Fact]
    public async Task a_failover_is_one_pair_on_every_proxy()
    {
        Assert.SkipUnless(cluster.HasReplicas, "The embedded engine has no replicas, and so no failover.");
        await cluster.WidenAsync();
        var masters = await cluster.MastersAsync();
        await using var probes = await ProbeSet.OpenAsync(Process, Process.NodeAddresses.Values);
        await Process.Api.CompleteAsync(await Process.Api.FailoverAsync(masters), ProbedCluster.OperationLimit);
        await ExpectPairAsync(probes, "FAILING_OVER", "FAILED_OVER", masters);
    }

    [Fact]
    public async Task an_endpoint_that_moves_names_the_new_place_in_the_form_asked_for_and_closes_after_the_announced_time()
    {
        var old = await cluster.GatherAsync();
        var masters = await cluster.MastersAsync();
        await Process.Api.CompleteAsync(
            await Process.Api.MigrateAsync(masters, await cluster.FreeNodeAsync(masters)), ProbedCluster.OperationLimit);
        await using var probes = await ProbeSet.OpenAsync(Process, [old]);
        var action = await cluster.StartNarrowingAsync();
        await ProbeSet.SettleAsync(probes.All, 1);
        Assert.Equal("active-change-pending", await Process.Api.StatusAsync(Process.Database));
        Assert.All(probes.All, probe => Assert.Null(probe.Connection.Closed));
        await Process.Api.CompleteAsync(action, ProbedCluster.OperationLimit);
        var now = await Process.HostAsync();
        Assert.NotEqual(old, now);
        await ExpectMovingAsync(probes.All, now);
        Assert.Equal("active", await Process.Api.StatusAsync(Process.Database));
    }

    [Fact]
    public async Task an_endpoint_that_only_shrinks_tells_those_on_the_leaving_proxies_alone()
    {
        await cluster.GatherAsync();
        await cluster.WidenAsync();
        await using var probes = await ProbeSet.OpenAsync(Process, Process.NodeAddresses.Values);
        var action = await cluster.StartNarrowingAsync();
        await Process.Api.CompleteAsync(action, ProbedCluster.OperationLimit);
        var staying = await Process.HostAsync();
        await ExpectMovingAsync(probes.All.Where(probe => probe.Address != staying), staying);
        Assert.All(probes.On(staying), probe => Assert.Empty(probe.Frames));
        Assert.All(probes.On(staying), probe => Assert.Null(probe.Connection.Closed));
    }

    [Fact]
    public async Task an_endpoint_that_only_widens_says_nothing()
    {
        var host = await cluster.GatherAsync();
        await using var probes = await ProbeSet.OpenAsync(Process, [host]);
        await cluster.WidenAsync();
        await ProbeSet.SettleAsync(probes.All, 0);
        Assert.All(probes.All, probe => Assert.Empty(probe.Frames));
    }

    [Fact]
    public async Task a_late_joiner_is_told_of_an_open_migration_directly_after_its_ok()
    {
        await cluster.WidenAsync();
        await Process.Api.SetWindowsAsync(delayMs: 3000, GraceSeconds);
        var shard = (await cluster.MastersAsync())[0];
        await using var early = await ProbeSet.OpenAsync(Process, [await Process.HostAsync()]);
        var action = await Process.Api.MigrateAsync([shard], await cluster.FreeNodeAsync([shard]));
        await ProbeSet.SettleAsync(early.All, 1);
        foreach (var address in Process.NodeAddresses.Values)
        {
            await using var late = await RawConnection.ConnectResp3Async(address, Process.Port);
            var push = await OptInAndPingAsync(late);
            Assert.InRange(push.Items![2].Integer, 1, 3);
            Assert.Equal(ExpectedFrames.Opener("MIGRATING", early.All[0].FirstSequence, (int)push.Items[2].Integer, [shard]), push.Raw);
        }

        await Process.Api.CompleteAsync(action, ProbedCluster.OperationLimit);
        await Process.Api.SetWindowsAsync(Process.Options.DelayMs!.Value, GraceSeconds);
        await ExpectPairAsync(early, "MIGRATING", "MIGRATED", [shard], seconds: 3);
    }

    [Fact]
    public async Task a_late_joiner_on_a_leaving_proxy_is_told_of_the_move_with_the_time_left()
    {
        var old = await cluster.GatherAsync();
        var masters = await cluster.MastersAsync();
        await Process.Api.CompleteAsync(
            await Process.Api.MigrateAsync(masters, await cluster.FreeNodeAsync(masters)), ProbedCluster.OperationLimit);
        await using var early = await ProbeSet.OpenAsync(Process, [old]);
        var action = await cluster.StartNarrowingAsync();
        await ProbeSet.SettleAsync(early.All, 1);
        await using var late = await RawConnection.ConnectResp3Async(old, Process.Port);
        var push = await OptInAndPingAsync(late);
        await Process.Api.CompleteAsync(action, ProbedCluster.OperationLimit);
        Assert.InRange(push.Items![2].Integer, 1, GraceSeconds);
        var target = $"{await Process.HostAsync()}:{Process.Port}";
        Assert.Equal(ExpectedFrames.Moving(early.All[0].FirstSequence, (int)push.Items[2].Integer, target), push.Raw);
    }

    [Fact]
    public async Task who_said_off_or_never_opted_in_is_told_nothing()
    {
        await cluster.WidenAsync();
        var host = await Process.HostAsync();
        await using var off = await RawConnection.ConnectResp3Async(host, Process.Port, optIn: []);
        await off.ExpectAsync('+', "CLIENT", "MAINT_NOTIFICATIONS", "OFF");
        await using var never = await RawConnection.ConnectResp3Async(host, Process.Port);
        await using var witness = await ProbeSet.OpenAsync(Process, [host]);
        var shard = (await cluster.MastersAsync())[0];
        await Process.Api.CompleteAsync(
            await Process.Api.MigrateAsync([shard], await cluster.FreeNodeAsync([shard])), ProbedCluster.OperationLimit);
        await ProbeSet.SettleAsync(witness.All, 2);
        await off.ExpectAsync('+', "PING");
        await never.ExpectAsync('+', "PING");
        Assert.Empty(off.Pushes);
        Assert.Empty(never.Pushes);
    }

    private static async Task<RespValue> OptInAndPingAsync(RawConnection connection)
    {
        connection.KeepsArrivals = true;
        var replies = connection.SendAll([["client", "maint_notifications", "on", "MOVING-ENDPOINT-TYPE", "internal-ip"], ["PING"]]);
        await Task.WhenAll(replies).Within(RawConnection.Limit);
        Assert.Equal(["+OK\r\n", ">", "+PONG\r\n"], connection.Arrivals.Select(frame => frame.IsPush ? ">" : frame.Raw));
        return connection.Arrivals[1];
    }

    private static async Task ExpectPairAsync(ProbeSet probes, string opener, string closer, int[] shards, int seconds = 1)
    {
        await ProbeSet.SettleAsync(probes.All, 2);
        var sequence = probes.All[0].FirstSequence;
        Assert.True(sequence > 0);
        string[] expected =
            [ExpectedFrames.Opener(opener, sequence, seconds, shards), ExpectedFrames.Closer(closer, sequence + 1, shards)];
        Assert.All(probes.All, probe => Assert.Equal(expected, probe.Frames));
    }

    private async Task ExpectMovingAsync(IEnumerable<Probe> leaving, string target)
    {
        var probes = leaving.ToArray();
        Assert.NotEmpty(probes);
        var node = Process.NodeAt(target);
        var sequence = probes[0].FirstSequence;
        foreach (var probe in probes)
        {
            await Eventually.TrueAsync(() => probe.Connection.Closed is not null, ProbedCluster.OperationLimit, $"close of {probe}");
            var form = probe.EndpointType switch
            {
                "internal-ip" or "external-ip" => $"{target}:{Process.Port}",
                "internal-fqdn" or "external-fqdn" => $"node{node}.{Process.Options.Name}:{Process.Port}",
                _ => null,
            };
            Assert.Equal([ExpectedFrames.Moving(sequence, GraceSeconds, form)], probe.Frames);
            var served = probe.Connection.ClosedAt - probe.Connection.Pushes[0].At;
            Assert.True(served >= TimeSpan.FromSeconds(GraceSeconds) - TimeSpan.FromMilliseconds(50), $"{probe} was closed after {served}");
        }
    }
}
