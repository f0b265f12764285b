using System.CommandLine;
using System.Text.Json.Nodes;

namespace Baton.Cli.Verbs;

/// <summary><c>baton bind db UID --policy ... --to NODE --include NODES --exclude NODES</c></summary>
internal static class BindCommand
{
    public static Command Create() => new("bind", "Move a database's endpoint, or change which proxies serve it.") { Database() };

    private static Command Database()
    {
        var uid = new Argument<int>("db") { Description = "Uid of the database." };
        var policy = new Option<string?>("--policy") { Description = "Which proxies serve it." };
        policy.AcceptOnlyFromAmong("single", "all-nodes", "all-master-shards");
        var to = new Option<int?>("--to")
            { Description = "With policy single: the node. Default: the node of the masters.", HelpName = "NODE" };
        var include = Nodes("--include", "Nodes added to what the policy says.");
        var exclude = Nodes("--exclude", "Nodes taken out of what the policy says.");
        var command = new Command("db", "Bind a database's endpoint.") { uid, policy, to, include, exclude, ApiVerb.DryRun, ApiVerb.Wait };
        command.SetWork(async (api, parsed, cancellationToken) =>
        {
            var body = new JsonObject { ["endpoint"] = $"{parsed.GetValue(uid)}:1" };
            Set(body, "proxy_policy", parsed.GetValue(policy));
            Set(body, "target_node_uid", parsed.GetValue(to));
            SetNodes(body, "include_proxies", parsed.GetValue(include));
            SetNodes(body, "exclude_proxies", parsed.GetValue(exclude));
            var path = $"/v1/bdbs/{parsed.GetValue(uid)}{(parsed.GetValue(ApiVerb.DryRun) ? "?dry_run" : "")}";
            var reply = await api.PutAsync(path, body, cancellationToken).ConfigureAwait(false);
            return await ApiVerb.FollowAsync(api, parsed, reply, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static Option<int[]?> Nodes(string name, string description) =>
        new(name) { Description = description, HelpName = "NODE", AllowMultipleArgumentsPerToken = true };

    private static void Set(JsonObject body, string field, JsonNode? value)
    {
        if (value is not null)
        {
            body[field] = value;
        }
    }

    private static void SetNodes(JsonObject body, string field, int[]? nodes)
    {
        if (nodes is { Length: > 0 })
        {
            body[field] = new JsonArray([.. nodes.Select(node => JsonValue.Create(node))]);
        }
    }
}
