using System.CommandLine;
using System.Text.Json.Nodes;
using Baton.Cli.Api;

namespace Baton.Cli.Verbs;

/// <summary><c>baton migrate shard|node|db ... --to NODE</c></summary>
internal static class MigrateCommand
{
    private static readonly Option<int> To = new("--to") { Description = "The node they shall go to.", HelpName = "NODE", Required = true };
    private static readonly Option<bool> PreserveRoles = new("--preserve-roles") { Description = "Masters stay masters (they always do)." };

    public static Command Create() => new("migrate", "Move shards to another node.") { Shards(), Node(), Database() };

    private static Command Shards()
    {
        var uids = new Argument<int[]>("shard") { Description = "Uids of shards.", Arity = ArgumentArity.OneOrMore };
        return Verb("shard", "Move one shard or several.", uids, (_, parsed, _) => Task.FromResult(parsed.GetValue(uids)!));
    }

    private static Command Node()
    {
        var node = new Argument<int>("node") { Description = "Uid of the node they leave." };
        var which = new Argument<string>("which") { Description = "masters, replicas or all.", DefaultValueFactory = _ => "all" };
        which.AcceptOnlyFromAmong("masters", "replicas", "all");
        var command = Verb("node", "Move a node's shards.", node, (api, parsed, cancellationToken) =>
            FindAsync(
                api,
                shard => Text(shard, "node_uid") == Text(parsed.GetValue(node)) && Matches(shard, parsed.GetValue(which)!),
                cancellationToken));
        command.Arguments.Add(which);
        return command;
    }

    private static Command Database()
    {
        var database = new Argument<int>("db") { Description = "Uid of the database." };
        return Verb("db", "Move a database's masters.", database, (api, parsed, cancellationToken) =>
            FindAsync(
                api, shard => Text(shard, "bdb_uid") == Text(parsed.GetValue(database)) && Matches(shard, "masters"), cancellationToken));
    }

    private static Command Verb(
        string name, string description, Argument argument, Func<BatonApi, ParseResult, CancellationToken, Task<int[]>> shards)
    {
        var command = new Command(name, description) { argument, To, PreserveRoles, ApiVerb.DryRun, ApiVerb.Wait };
        command.SetWork(async (api, parsed, cancellationToken) =>
        {
            var uids = await shards(api, parsed, cancellationToken).ConfigureAwait(false);
            if (uids.Length == 0)
            {
                throw new ApiException("There is no such shard to move.");
            }

            var body = new JsonObject
            {
                ["shard_uids"] = new JsonArray([.. uids.Select(uid => JsonValue.Create(Text(uid)))]),
                ["target_node_uid"] = parsed.GetValue(To),
                ["preserve_roles"] = parsed.GetValue(PreserveRoles),
                ["dry_run"] = parsed.GetValue(ApiVerb.DryRun),
            };
            var reply = await api.PostAsync("/v1/shards/actions/migrate", body, cancellationToken).ConfigureAwait(false);
            return await ApiVerb.FollowAsync(api, parsed, reply, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int[]> FindAsync(BatonApi api, Func<JsonNode, bool> predicate, CancellationToken cancellationToken)
    {
        var shards = await api.GetAsync("/v1/shards", cancellationToken).ConfigureAwait(false);
        return [.. shards.AsArray().Where(shard => predicate(shard!)).Select(shard => int.Parse(Text(shard!, "uid"), null))];
    }

    private static bool Matches(JsonNode shard, string which) => which switch
    {
        "masters" => Text(shard, "role") == "master",
        "replicas" => Text(shard, "role") == "slave",
        _ => true,
    };

    private static string Text(JsonNode shard, string field) => shard[field]!.ToString();

    private static string Text(int uid) => uid.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
