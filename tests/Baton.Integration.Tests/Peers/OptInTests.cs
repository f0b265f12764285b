using Baton.TestKit.Processes;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>CLIENT MAINT_NOTIFICATIONS as every proxy answers it.</summary>
public abstract class OptInTests(ProbedCluster cluster)
{
    private BatonProcess Process => cluster.Process;

    [Theory]
    [InlineData("ON")]
    [InlineData("on moving-endpoint-type none")]
    [InlineData("On MOVING-endpoint-TYPE Internal-IP")]
    [InlineData("ON moving-endpoint-type external-ip")]
    [InlineData("ON moving-endpoint-type internal-fqdn")]
    [InlineData("ON moving-endpoint-type external-fqdn")]
    [InlineData("OFF")]
    public async Task every_documented_form_is_accepted(string words)
    {
        await using var connection = await RawConnection.ConnectResp3Async(await Process.HostAsync(), Process.Port);
        Assert.Equal("+OK\r\n", (await connection.CallAsync(["client", "Maint_Notifications", .. words.Split(' ')])).Raw);
        Assert.Equal("+OK\r\n", (await connection.CallAsync(["client", "Maint_Notifications", .. words.Split(' ')])).Raw);
    }

    [Theory]
    [InlineData("SIDEWAYS")]
    [InlineData("ON moving-endpoint-type")]
    [InlineData("ON moving-endpoint-type nowhere")]
    [InlineData("ON colour red")]
    [InlineData("ON moving-endpoint-type none extra")]
    [InlineData("OFF extra")]
    [InlineData("")]
    public async Task anything_else_is_an_error_and_leaves_nothing_behind(string words)
    {
        await using var connection = await RawConnection.ConnectResp3Async(await Process.HostAsync(), Process.Port);
        string[] command = ["CLIENT", "MAINT_NOTIFICATIONS", .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var reply = await connection.CallAsync(command);
        Assert.StartsWith("-ERR ", reply.Raw, StringComparison.Ordinal);
        await ExpectNotToldAsync(connection);
    }

    [Fact]
    public async Task a_resp2_connection_is_refused_and_told_nothing()
    {
        await using var connection = await RawConnection.ConnectAsync(await Process.HostAsync(), Process.Port);
        var reply = await connection.CallAsync("CLIENT", "MAINT_NOTIFICATIONS", "ON");
        Assert.StartsWith("-ERR ", reply.Raw, StringComparison.Ordinal);
        await ExpectNotToldAsync(connection);
    }

    [Fact]
    public async Task with_the_feature_off_every_proxy_refuses_with_the_same_words_and_takes_it_again_when_on()
    {
        await cluster.WidenAsync();
        await Process.Api.SetNotificationsAsync(false);
        var replies = new List<string>();
        foreach (var address in Process.NodeAddresses.Values)
        {
            await using var connection = await RawConnection.ConnectResp3Async(address, Process.Port);
            replies.Add((await connection.CallAsync("CLIENT", "MAINT_NOTIFICATIONS", "ON", "moving-endpoint-type", "none")).Raw);
        }

        await Process.Api.SetNotificationsAsync(true);
        Assert.All(replies, reply => Assert.Equal("-ERR maintenance notifications are disabled on this server\r\n", reply));
        foreach (var address in Process.NodeAddresses.Values)
        {
            await using var connection = await RawConnection.ConnectResp3Async(address, Process.Port);
            await connection.ExpectAsync('+', "CLIENT", "MAINT_NOTIFICATIONS", "ON");
        }
    }

    private async Task ExpectNotToldAsync(RawConnection connection)
    {
        await using var witness = await ProbeSet.OpenAsync(Process, [await Process.HostAsync()]);
        var shard = (await cluster.MastersAsync())[0];
        await Process.Api.CompleteAsync(
            await Process.Api.MigrateAsync([shard], await cluster.FreeNodeAsync([shard])), ProbedCluster.OperationLimit);
        await ProbeSet.SettleAsync(witness.All, 2);
        Assert.Equal("+PONG\r\n", (await connection.CallAsync("PING")).Raw);
        Assert.Empty(connection.Pushes);
    }
}
