using System.Text.Json.Nodes;
using Baton.TestKit.Processes;
using Xunit;

namespace Baton.Integration.Tests.Cli;

/// <summary>The program as people run it: a cluster in one process, verbs in others, nothing typed but the data directory.</summary>
public sealed class VerbTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Verbs_steer_a_running_cluster()
    {
        await using var baton = await BatonProcess.StartAsync(new BatonOptions { Shards = 2, Notifications = false, DelayMs = 50, GraceSeconds = 1 });

        var status = await RunAsync(baton, "status");
        var set = await RunAsync(baton, "cluster", "set", "client_maint_notifications=true", "endpoint_rebind_propagation_grace_time=1");
        var migrate = await RunAsync(baton, "migrate", "shard", "1", "2", "--to", "3");
        var bind = await RunAsync(baton, "bind", "db", "1", "--to", "3", "--json");
        var back = await RunAsync(baton, "migrate", "node", "3", "masters", "--to", "2", "--wait", "false");
        var shards = await RunAsync(baton, "status", "--json");

        Assert.Contains("db:1   db1   redis  active  2", status.Output, StringComparison.Ordinal);
        Assert.Equal((0, "client_maint_notifications: true\nendpoint_rebind_propagation_grace_time: 1"), (set.Code, set.Output));
        Assert.StartsWith("completed: migrate db:1, shard 1 held ", migrate.Output, StringComparison.Ordinal);
        Assert.Equal("completed", (string)JsonNode.Parse(bind.Output)!["status"]!);
        Assert.StartsWith("Started ", back.Output, StringComparison.Ordinal);
        var uid = back.Output.Split(' ', ';')[1];
        Assert.Equal(0, (await RunAsync(baton, "action", "wait", uid)).Code);
        Assert.Equal(2, JsonNode.Parse(shards.Output)!["shards"]!.AsArray().Count);
        Assert.Contains("create ", (await RunAsync(baton, "action", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Databases_come_and_go()
    {
        await using var baton = await BatonProcess.StartAsync(new BatonOptions { Notifications = false });

        var create = await RunAsync(baton, "db", "create", "second", "--memory", "128MB", "authentication_redis_pass=hidden-secret");
        var get = await RunAsync(baton, "db", "get", "2");
        var set = await RunAsync(baton, "db", "set", "2", "max_connections=7");
        var list = await RunAsync(baton, "db", "list");
        var delete = await RunAsync(baton, "db", "delete", "2");

        Assert.Equal("completed: create db:2", create.Output);
        Assert.DoesNotContain("hidden-secret", create.All + get.All + set.All, StringComparison.Ordinal);
        Assert.Equal(134217728, (long)JsonNode.Parse(get.Output)!["memory_size"]!);
        Assert.Equal(0, set.Code);
        Assert.Contains("db:2   second", list.Output, StringComparison.Ordinal);
        Assert.Equal("completed: delete db:2", delete.Output);
    }

    [Fact]
    public async Task What_is_refused_is_said_with_its_code_and_the_exit_code_tells()
    {
        await using var baton = await BatonProcess.StartAsync(new BatonOptions { Notifications = false });

        var failover = await RunAsync(baton, "failover", "1");
        var unknown = await RunAsync(baton, "migrate", "shard", "9", "--to", "2");
        var setting = await RunAsync(baton, "cluster", "set", "client_maint_notification=true");
        var grammar = await RunAsync(baton, "migrate", "shard", "1");

        Assert.Equal((1, ""), (failover.Code, failover.Output));
        Assert.Contains("(invalid_replication)", failover.All, StringComparison.Ordinal);
        Assert.Contains("(shard_not_exist)", unknown.All, StringComparison.Ordinal);
        Assert.Contains("client_maint_notification", setting.All, StringComparison.Ordinal);
        Assert.NotEqual(0, unknown.Code * setting.Code * grammar.Code);
        Assert.Contains("--to", grammar.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_cluster_the_message_says_what_to_do()
    {
        var nowhere = Directory.CreateTempSubdirectory("baton-nowhere-");

        var status = await RunAsync(nowhere.FullName, "status");

        nowhere.Delete();
        Assert.Equal((1, ""), (status.Code, status.Output));
        Assert.Contains("baton up", status.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_ends_a_cluster_cleanly()
    {
        await using var baton = await BatonProcess.StartAsync(new BatonOptions { Engine = "redis", Replication = true, Notifications = false });

        var code = await baton.StopAsync();

        Assert.Equal(0, code);
        Assert.False(File.Exists(Path.Combine(baton.DataDirectory, "access.json")));
        Assert.Empty(ProcessTable.UsersOf(baton.DataDirectory));
    }

    private static Task<Run> RunAsync(BatonProcess baton, params string[] arguments) => RunAsync(baton.DataDirectory, arguments);

    private static async Task<Run> RunAsync(string data, params string[] arguments)
    {
        await using var child = new ChildProcess(
            Path.Combine(AppContext.BaseDirectory, "baton"), arguments, new Dictionary<string, string> { ["BATON_DATA"] = data });
        var code = await child.ExitAsync(Limit);
        return new Run(code, string.Join('\n', child.Output), string.Join('\n', child.Output.Concat(child.Errors)));
    }

    private sealed record Run(int Code, string Output, string All);
}
