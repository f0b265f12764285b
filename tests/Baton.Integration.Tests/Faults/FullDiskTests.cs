using System.Text.Json.Nodes;
using Baton.Integration.Tests.Hosting;
using Baton.TestKit;
using Baton.TestKit.Processes;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Faults;

/// <summary>A disk without room: what serves goes on, what changes is refused by name, a start serves, and with room all goes on by itself.</summary>
[Collection(FaultCollection.Name)]
public sealed class FullDiskTests
{
    private const int MostSaves = 200;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_full_disk_refuses_changes_and_nothing_else_also_after_a_kill()
    {
        using var folder = new Folder();
        await using var disk = await SmallDisk.MountAsync(folder.Path, megabytes: 32);
        Assert.SkipWhen(disk is null, "mounting a file system is not possible here");
        var options = new BatonOptions
        {
            Engine = "redis", Persistence = "always", DataDirectory = Path.Combine(disk!.Path, "data"),
            Notifications = false, DelayMs = null, GraceSeconds = null, HoldLimitMs = null,
        };
        Directory.CreateDirectory(options.DataDirectory!);
        var cluster = await BatonProcess.StartAsync(options);
        try
        {
            await using (var client = await RawConnection.ConnectAsync(await cluster.HostAsync(), cluster.Port))
            {
                Assert.Equal("OK", (await client.Send("SET", "key", "value")).Text);
                await RefusedAsync(cluster, disk);
                Assert.Equal("value", (await client.Send("GET", "key")).Text);
            }

            Signals.Destroy(cluster.Child.Id);
            await cluster.Child.ExitAsync(Limit);
            await Eventually.TrueAsync(() => ProcessTable.UsersOf(cluster.DataDirectory).Count == 0, Limit, "no process of the killed cluster");
            cluster = await cluster.RestartAsync();
            await using var again = await RawConnection.ConnectAsync(await cluster.HostAsync(), cluster.Port);
            Assert.Equal("value", (await again.Send("GET", "key")).Text);
            await RefusedAsync(cluster, disk);

            disk.MakeRoom();
            await Eventually.TrueAsync(async () => (await AlarmsAsync(cluster)).Count == 0, Limit, "no alarm, although nobody asked for anything");
            await cluster.Api.PutAsync("/v1/cluster", new JsonObject { ["client_maint_notifications"] = true });
            Assert.Equal("OK", (await again.Send("SET", "key", "other")).Text);
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    private static async Task RefusedAsync(BatonProcess cluster, SmallDisk disk)
    {
        // The state's last page has room for some more saves, and a rehearsal that ends gives some back.
        var status = 200;
        for (var number = 0; number < MostSaves && status == 200; number++)
        {
            disk.Fill();
            (status, _) = await cluster.Api.RawAsync(HttpMethod.Put, "/v1/cluster/policy", new JsonObject { ["hold_limit_ms"] = 1000 + number });
        }

        Assert.Equal(503, status);
        var alarm = Assert.Single(await AlarmsAsync(cluster))!;
        Assert.Equal("store", (string)alarm["name"]!);
        Assert.Contains("cluster.state", (string)alarm["reason"]!, StringComparison.Ordinal);
    }

    private static async Task<JsonArray> AlarmsAsync(BatonProcess cluster) => (await cluster.Api.GetAsync("/v1/cluster"))["alarms"]!.AsArray();
}
