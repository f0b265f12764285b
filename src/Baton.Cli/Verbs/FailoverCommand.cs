using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Baton.Cli.Verbs;

/// <summary><c>baton failover SHARD...</c></summary>
internal static class FailoverCommand
{
    public static Command Create()
    {
        var uids = new Argument<int[]>("shard") { Description = "Uids of masters, all of one database.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("failover", "Let masters hand over to their replicas.") { uids, ApiVerb.DryRun, ApiVerb.Wait };
        command.SetWork(async (api, parsed, cancellationToken) =>
        {
            var body = new JsonObject
            {
                ["shard_uids"] = new JsonArray(
                    [.. parsed.GetValue(uids)!.Select(uid => JsonValue.Create(uid.ToString(CultureInfo.InvariantCulture)))]),
                ["dry_run"] = parsed.GetValue(ApiVerb.DryRun),
            };
            var reply = await api.PostAsync("/v1/shards/actions/failover", body, cancellationToken).ConfigureAwait(false);
            return await ApiVerb.FollowAsync(api, parsed, reply, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }
}
