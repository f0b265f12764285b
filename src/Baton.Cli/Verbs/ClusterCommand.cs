using System.CommandLine;
using System.Text.Json.Nodes;
using Baton.Cli.Api;
using Baton.Cli.Output;

namespace Baton.Cli.Verbs;

/// <summary><c>baton cluster get|set</c>: settings of the cluster and its policy.</summary>
internal static class ClusterCommand
{
    public static Command Create() => new("cluster", "Settings of the cluster.") { Get(), Set() };

    private static Command Get()
    {
        var names = new Argument<string[]>("field") { Description = "Only these.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("get", "Show settings.") { names };
        command.SetWork(async (api, parsed, cancellationToken) =>
        {
            var all = (JsonObject)await api.GetAsync("/v1/cluster/policy", cancellationToken).ConfigureAwait(false);
            foreach (var (name, value) in (JsonObject)await api.GetAsync("/v1/cluster", cancellationToken).ConfigureAwait(false))
            {
                all[name] = value?.DeepClone();
            }

            Show(all, parsed.GetValue(names) ?? [], parsed.GetValue(ApiOptions.Json));
            return true;
        });
        return command;
    }

    private static Command Set()
    {
        var fields = new Argument<string[]>("field=value") { Description = "Values are JSON or text.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("set", "Change settings: baton cluster set client_maint_notifications=true") { fields, ApiVerb.DryRun };
        command.SetWork(async (api, parsed, cancellationToken) =>
        {
            var body = FieldArguments.Parse(parsed.GetValue(fields)!);
            var policyFields = (JsonObject)await api.GetAsync("/v1/cluster/policy", cancellationToken).ConfigureAwait(false);
            var clusterFields = (JsonObject)await api.GetAsync("/v1/cluster", cancellationToken).ConfigureAwait(false);
            var policy = new JsonObject();
            foreach (var name in body.Select(field => field.Key).ToArray())
            {
                if (policyFields.ContainsKey(name) && !clusterFields.ContainsKey(name) && body.Remove(name, out var value))
                {
                    policy[name] = value;
                }
            }

            string[] names = [.. body.Concat(policy).Select(field => field.Key)];
            var query = parsed.GetValue(ApiVerb.DryRun) ? "?dry_run" : string.Empty;
            var shown = await SendAsync(api, $"/v1/cluster{query}", body, cancellationToken).ConfigureAwait(false);
            foreach (var (name, value) in await SendAsync(api,
                $"/v1/cluster/policy{query}", policy, cancellationToken).ConfigureAwait(false))
            {
                shown.TryAdd(name, value?.DeepClone());
            }

            Show(shown, names, parsed.GetValue(ApiOptions.Json));
            return true;
        });
        return command;
    }

    private static async Task<JsonObject> SendAsync(BatonApi api, string path, JsonObject body, CancellationToken cancellationToken) =>
        body.Count == 0 ? [] : (JsonObject)await api.PutAsync(path, body, cancellationToken).ConfigureAwait(false);

    private static void Show(JsonObject all, string[] names, bool json)
    {
        var missing = names.Where(name => !all.ContainsKey(name)).ToArray();
        if (missing.Length > 0)
        {
            throw new ApiException($"The cluster has no setting {string.Join(", ", missing)}.");
        }

        var shown = new JsonObject(all.Where(field => names.Length == 0 || names.Contains(field.Key))
            .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone())));
        if (json)
        {
            Screen.Json(shown);
            return;
        }

        Screen.Text(string.Join('\n', shown.OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => $"{field.Key}: {field.Value?.ToJsonString() ?? "null"}")));
    }
}
