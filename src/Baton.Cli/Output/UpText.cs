using System.Text;
using System.Text.Json.Nodes;
using Baton.Server.Hosting;

namespace Baton.Cli.Output;

/// <summary>What <c>baton up</c> says once everything serves.</summary>
internal static class UpText
{
    /// <summary>For people: how to connect.</summary>
    public static string Welcome(ClusterHost host, ClusterHostOptions options)
    {
        var state = host.Controller.State;
        var text = new StringBuilder()
            .Append($"Cluster {state.Settings.Name}{(host.IsNew ? "" : " (as it was left)")}: {state.Nodes.Count} nodes, ")
            .Append($"engine {state.Settings.DefaultEngine}, data in {Path.GetFullPath(options.DataDirectory)}\n\n");
        foreach (var database in state.Databases.Values)
        {
            var endpoints = host.EndpointsOf(database.Uid);
            var endpoint = endpoints.Count > 0 ? endpoints[0] : null;
            var password = database.Password is null ? "" : " --askpass";
            text.Append($"  {database.Name,-10} redis-cli -h {endpoint?.Address} -p {endpoint?.Port}{password}\n");
        }

        text.Append($"  {"REST",-10} curl -k -u '{host.Users[0]}:PASSWORD' {host.RestUrl}/v1/cluster\n");
        if (host.MadeAdministrator is { } made)
        {
            text.Append($"  {"user",-10} {made.Name}  password {made.Password}  (shown only now; --user NAME:PASSWORD chooses)\n");
        }

        var data = options.DataDirectory == Api.ApiOptions.DefaultDataDirectory ? "" : $" --data {options.DataDirectory}";
        text.Append($"  {"look",-10} baton status{data}\n\n");
        text.Append(state.Settings.ClientMaintNotifications
            ? "Clients that ask are told of maintenance before it happens.\n"
            : $"Maintenance notifications are off, as by default: baton cluster set client_maint_notifications=true{data}\n");
        return text.Append(OtherEngine(host, state.Settings.DefaultEngine)).Append("Ctrl-C ends it; the data stays.\n").ToString();
    }

    /// <summary>For programs: one JSON object.</summary>
    public static JsonObject ReadyLine(ClusterHost host, ClusterHostOptions options)
    {
        var state = host.Controller.State;
        var line = new JsonObject
        {
            ["ready"] = true,
            ["rest"] = host.RestUrl,
            ["user"] = host.Users[0],
            ["data"] = Path.GetFullPath(options.DataDirectory),
            ["nodes"] = new JsonArray(
                [.. state.Nodes.Values.Select(node => new JsonObject { ["uid"] = node.Uid, ["address"] = node.Address })]),
            ["databases"] = new JsonArray([.. state.Databases.Values.Select(database => new JsonObject
            {
                ["uid"] = database.Uid,
                ["port"] = database.Port,
                ["endpoints"] = new JsonArray(
                    [.. host.EndpointsOf(database.Uid).Select(endpoint => JsonValue.Create(endpoint.ToString()))]),
            })]),
        };
        if (host.MadeAdministrator is { } made)
        {
            line["password"] = made.Password;
        }

        return line;
    }

    private static string OtherEngine(ClusterHost host, string engine) => (engine, host.Engines.TryGetValue("redis", out var redis)) switch
    {
        ("garnet", true) =>
            $"With --engine redis ({redis} is installed): replicas and failover, streams, functions, eviction.\n",
        ("garnet", false) =>
            "With redis-server installed (apt-get install redis-server), --engine redis adds replicas, failover, streams and more.\n",
        _ => "With --engine garnet: an engine inside this process, nothing to install; no replicas, streams or functions.\n",
    };
}
