using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Baton.Cluster.Model;
using Baton.Server.Engines;
using Baton.Server.Hosting;
using Xunit;

namespace Baton.Integration.Tests.Hosting;

public sealed class ClusterHostTests
{
    [Theory]
    [InlineData(EngineKind.Garnet)]
    [InlineData(EngineKind.Redis)]
    public async Task Cluster_and_data_are_there_again_after_a_restart(EngineKind engine)
    {
        using var folder = new Folder();
        var options = HostLab.Options(folder, engine);
        await using (var first = await HostLab.StartAsync(options))
        {
            Assert.True(first.Host.IsNew);
            await using var client = await first.ConnectAsync();
            Assert.Equal("OK", (await client.Send("SET", "key", "value")).Text);
            await first.RunAsync(HttpMethod.Post, "/v1/shards/1/actions/migrate", new JsonObject { ["target_node_uid"] = 3 });
        }

        await using var second = await HostLab.StartAsync(options);

        Assert.False(second.Host.IsNew);
        await using var again = await second.ConnectAsync();
        Assert.Equal("value", (await again.Send("GET", "key")).Text);
        Assert.Equal("3", (string)(await second.GetAsync("/v1/shards/1"))["node_uid"]!);
        Assert.Equal(["completed", "completed"], (await second.GetAsync("/v1/actions"))["state-machines"]!.AsArray().Select(a => (string)a!["status"]!));
    }

    [Theory]
    [InlineData(EngineKind.Garnet)]
    [InlineData(EngineKind.Redis)]
    public async Task Shards_and_endpoints_move_and_the_api_tells_where_they_are(EngineKind engine)
    {
        using var folder = new Folder();
        await using var lab = await HostLab.StartAsync(HostLab.Options(folder, engine));
        await using var client = await lab.ConnectAsync();
        await client.Send("SET", "key", "value");

        var migrate = await lab.RunAsync(HttpMethod.Post, "/v1/shards/actions/migrate", new JsonObject
        {
            ["shard_uids"] = new JsonArray("1"), ["target_node_uid"] = 3,
        });
        var bind = await lab.RunAsync(HttpMethod.Put, "/v1/bdbs/1", new JsonObject { ["proxy_policy"] = "single", ["endpoint"] = "1:1" });

        Assert.Equal(("completed", null), ((string)migrate["status"]!, (string?)migrate["error"]));
        Assert.Equal(("completed", null), ((string)bind["status"]!, (string?)bind["error"]));
        var shard = await lab.GetAsync("/v1/shards/1");
        Assert.Equal(("3", "master", "ok"), ((string)shard["node_uid"]!, (string)shard["role"]!, (string)shard["detailed_status"]!));
        var database = await lab.GetAsync("/v1/bdbs/1");
        Assert.Equal(("active", """["127.0.0.13"]"""), ((string)database["status"]!, database["endpoints"]![0]!["addr"]!.ToJsonString()));
        await using var there = await lab.ConnectAsync();
        Assert.Equal("value", (await there.Send("GET", "key")).Text);
    }

    [Fact]
    public async Task A_failover_swaps_the_roles_in_place()
    {
        using var folder = new Folder();
        await using var lab = await HostLab.StartAsync(HostLab.Options(folder, EngineKind.Redis));
        await using var client = await lab.ConnectAsync();
        await client.Send("SET", "key", "value");

        var failover = await lab.RunAsync(HttpMethod.Post, "/v1/shards/1/actions/failover", []);

        Assert.Equal(("completed", null), ((string)failover["status"]!, (string?)failover["error"]));
        var shards = (await lab.GetAsync("/v1/shards")).AsArray();
        Assert.Equal([("1", "slave", "1"), ("2", "master", "2")], shards.Select(s => ((string)s!["uid"]!, (string)s["role"]!, (string)s["node_uid"]!)));
        Assert.Equal("value", (await client.Send("GET", "key")).Text);
        Assert.Equal("OK", (await client.Send("SET", "key", "after")).Text);
    }

    [Fact]
    public async Task The_feature_is_switched_for_all_proxies_before_the_api_answers()
    {
        using var folder = new Folder();
        var options = HostLab.Options(folder, EngineKind.Garnet);
        await using var lab = await HostLab.StartAsync(options with { Database = options.Database! with { ProxyPolicy = ProxyPolicy.AllNodes } });
        var endpoints = lab.Host.EndpointsOf(1);
        Assert.Equal(3, endpoints.Count);

        for (var round = 0; round < 5; round++)
        {
            foreach (var on in (bool[])[true, false])
            {
                await lab.Api.PutAsync("/v1/cluster", new JsonObject { ["client_maint_notifications"] = on }, CancellationToken.None);

                foreach (var endpoint in endpoints)
                {
                    await using var client = await TestKit.Resp.RawConnection.ConnectResp3Async(endpoint.Address.ToString(), endpoint.Port);
                    Assert.Equal(!on, (await client.Send("CLIENT", "MAINT_NOTIFICATIONS", "ON")).IsError);
                }
            }
        }
    }

    [Fact]
    public async Task Nodes_that_share_an_address_have_ports_of_their_own()
    {
        using var folder = new Folder();
        var options = HostLab.Options(folder, EngineKind.Garnet);
        await using var lab = await HostLab.StartAsync(options with { NodeAddresses = ["127.0.0.1"] });
        await using var client = await lab.ConnectAsync();
        await client.Send("SET", "key", "value");

        var bind = await lab.RunAsync(HttpMethod.Put, "/v1/bdbs/1", new JsonObject { ["proxy_policy"] = "all-nodes", ["endpoint"] = "1:1" });

        Assert.Equal("completed", (string)bind["status"]!);
        var endpoints = lab.Host.EndpointsOf(1);
        Assert.Equal([0, 1000, 2000], endpoints.Select(endpoint => endpoint.Port - endpoints[0].Port));
        foreach (var endpoint in endpoints)
        {
            await using var there = await TestKit.Resp.RawConnection.ConnectAsync("127.0.0.1", endpoint.Port);
            Assert.Equal("value", (await there.Send("GET", "key")).Text);
        }
    }

    [Fact]
    public async Task Clusters_run_side_by_side()
    {
        using var one = new Folder();
        using var other = new Folder();

        await using var first = await HostLab.StartAsync(HostLab.Options(one, EngineKind.Garnet));
        await using var second = await HostLab.StartAsync(HostLab.Options(other, EngineKind.Garnet));

        await using var client = await first.ConnectAsync();
        await using var stranger = await second.ConnectAsync();
        await client.Send("SET", "key", "value");
        Assert.True((await stranger.Send("GET", "key")).IsNull);
    }

    [Fact]
    public async Task A_directory_in_use_is_refused()
    {
        using var folder = new Folder();
        var options = HostLab.Options(folder, EngineKind.Garnet);
        await using var first = await HostLab.StartAsync(options);

        var error = await Assert.ThrowsAsync<ClusterHostException>(() => HostLab.StartAsync(options));

        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
        await using var client = await first.ConnectAsync();
        Assert.Equal("PONG", (await client.Send("PING")).Text);
    }

    [Fact]
    public async Task A_stored_cluster_must_be_what_was_asked_for_expressly()
    {
        using var folder = new Folder();
        var options = HostLab.Options(folder, EngineKind.Garnet);
        await (await HostLab.StartAsync(options)).DisposeAsync();
        var other = options with { Nodes = 5, ClusterName = "other.test" };

        var error = await Assert.ThrowsAsync<ClusterHostException>(
            () => HostLab.StartAsync(other with { AskedFor = new HashSet<string> { "nodes", "name", "engine" } }));
        await using var unasked = await HostLab.StartAsync(other);

        Assert.Contains("--nodes is 3, asked for was 5", error.Message, StringComparison.Ordinal);
        Assert.Contains("--name is cluster.local, asked for was other.test", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("--engine", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, unasked.Host.Controller.State.Nodes.Count);
    }

    [Fact]
    public async Task A_first_start_that_fails_names_the_port_and_leaves_nothing_in_the_way()
    {
        using var folder = new Folder();
        var options = HostLab.Options(folder, EngineKind.Garnet);
        using var squatter = new TcpListener(IPAddress.Parse("127.0.0.12"), 0);
        squatter.Start();
        var taken = ((IPEndPoint)squatter.LocalEndpoint).Port;

        var error = await Assert.ThrowsAsync<ClusterHostException>(
            () => HostLab.StartAsync(options with { Database = options.Database! with { Port = taken } }));
        await using var next = await HostLab.StartAsync(options with { Nodes = 4 });

        Assert.Contains($"{taken}", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, next.Host.Controller.State.Nodes.Count);
        Assert.NotNull(next.Host.MadeAdministrator);
    }

    [Fact]
    public async Task An_api_port_that_is_taken_is_named()
    {
        using var folder = new Folder();
        using var squatter = new TcpListener(IPAddress.Loopback, 0);
        squatter.Start();
        var taken = ((IPEndPoint)squatter.LocalEndpoint).Port;

        var error = await Assert.ThrowsAsync<ClusterHostException>(
            () => HostLab.StartAsync(HostLab.Options(folder, EngineKind.Garnet) with { RestPort = taken }));

        Assert.Contains($"{taken}", error.Message, StringComparison.Ordinal);
        Assert.Contains("--rest-port", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_is_made_once_and_only_when_nobody_is_named()
    {
        using var folder = new Folder();
        var options = HostLab.Options(folder, EngineKind.Garnet);
        Administrator made;
        await using (var first = await HostLab.StartAsync(options))
        {
            made = first.Host.MadeAdministrator!;
            Assert.Equal("admin@cluster.local", made.Name);
            Assert.Equal(HttpStatusCode.OK, await AskAsync(first, made.Name, made.Password));
        }

        await using var second = await HostLab.StartAsync(options with { Users = new Dictionary<string, string> { ["a@b.c"] = "pw" } });

        Assert.Null(second.Host.MadeAdministrator);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(second, made.Name, made.Password));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(second, "a@b.c", "pw"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(second, "a@b.c", made.Password));
        Assert.DoesNotContain(made.Password, made.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_end_nothing_listens_and_the_directory_is_free()
    {
        using var folder = new Folder();
        var options = HostLab.Options(folder, EngineKind.Redis);
        var lab = await HostLab.StartAsync(options);
        var database = lab.Host.EndpointsOf(1)[0];
        var rest = new Uri(lab.Host.RestUrl).Port;

        await lab.DisposeAsync();

        Assert.Null(AccessFile.TryRead(folder.Path));
        foreach (var endpoint in (IPEndPoint[])[database, new IPEndPoint(IPAddress.Loopback, rest)])
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await Assert.ThrowsAnyAsync<SocketException>(() => socket.ConnectAsync(endpoint));
        }

        await using var again = await HostLab.StartAsync(options);
    }

    private static async Task<HttpStatusCode> AskAsync(HostLab lab, string name, string password)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null },
        });
        http.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{name}:{password}")));
        using var response = await http.GetAsync(new Uri($"{lab.Host.RestUrl}/v1/cluster"));
        return response.StatusCode;
    }
}
