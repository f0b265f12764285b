using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Baton.Cli.Api;
using Baton.Cli.Output;

namespace Baton.Cli.Verbs;

/// <summary><c>baton db list|get|create|set|delete</c></summary>
internal static class DbCommand
{
    private const long DefaultMemory = 1L << 30;

    public static Command Create() => new("db", "Databases.") { List(), Get(), Make(), Set(), Delete() };

    private static Command List()
    {
        var command = new Command("list", "List databases.");
        command.SetWork(async (api, parsed, cancellationToken) =>
        {
            if (parsed.GetValue(ApiOptions.Json))
            {
                Screen.Json(Secrets.Redact(await api.GetAsync("/v1/bdbs", cancellationToken).ConfigureAwait(false)));
            }
            else
            {
                Screen.Text(StatusText.Render(await ClusterView.ReadAsync(api, cancellationToken).ConfigureAwait(false), ["databases"]));
            }

            return true;
        });
        return command;
    }

    private static Command Get()
    {
        var uid = Uid();
        var command = new Command("get", "Show a database, as JSON.") { uid };
        command.SetWork(async (api, parsed, cancellationToken) =>
        {
            Screen.Json(Secrets.Redact(await api.GetAsync(Path(parsed, uid), cancellationToken).ConfigureAwait(false)));
            return true;
        });
        return command;
    }

    private static Command Make()
    {
        var name = new Argument<string>("name") { Description = "Letters, digits and hyphens." };
        var memory = new Option<string?>("--memory") { Description = "Size over all shards, e.g. 512MB. Default 1GB.", HelpName = "SIZE" };
        var port = new Option<int?>("--port") { Description = "Default: any free one." };
        var shards = new Option<int?>("--shards") { Description = "Number of masters. Default 1." };
        var replication = new Option<bool>("--replication") { Description = "One replica per master." };
        var fields = Fields();
        var command = new Command("create", "Create a database.")
            { name, fields, memory, port, shards, replication, ApiVerb.DryRun, ApiVerb.Wait };
        command.SetWork(async (api, parsed, cancellationToken) =>
        {
            var body = FieldArguments.Parse(parsed.GetValue(fields) ?? []);
            body["name"] = parsed.GetValue(name);
            body["memory_size"] ??= Memory(parsed.GetValue(memory));
            body["port"] ??= parsed.GetValue(port) ?? 0;
            if (parsed.GetValue(shards) is { } count)
            {
                body["shards_count"] = count;
                body["sharding"] = count > 1;
            }

            body["replication"] ??= parsed.GetValue(replication);
            var path = $"/v1/bdbs{(parsed.GetValue(ApiVerb.DryRun) ? "?dry_run" : "")}";
            var reply = await api.PostAsync(path, body, cancellationToken).ConfigureAwait(false);
            return await ApiVerb.FollowAsync(api, parsed, reply, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static Command Set()
    {
        var uid = Uid();
        var fields = Fields();
        var command = new Command("set", "Change a database: baton db set 1 memory_size=2147483648")
            { uid, fields, ApiVerb.DryRun, ApiVerb.Wait };
        command.SetWork(async (api, parsed, cancellationToken) =>
        {
            var path = $"{Path(parsed, uid)}{(parsed.GetValue(ApiVerb.DryRun) ? "?dry_run" : "")}";
            var reply = await api.PutAsync(
                path, FieldArguments.Parse(parsed.GetValue(fields) ?? []), cancellationToken).ConfigureAwait(false);
            return await ApiVerb.FollowAsync(api, parsed, reply, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static Command Delete()
    {
        var uid = Uid();
        var command = new Command("delete", "Delete a database and its data.") { uid, ApiVerb.Wait };
        command.SetWork(async (api, parsed, cancellationToken) =>
        {
            var reply = await api.DeleteAsync(Path(parsed, uid), cancellationToken).ConfigureAwait(false);
            return await ApiVerb.FollowAsync(api, parsed, reply, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static Argument<int> Uid() => new("db") { Description = "Uid of the database." };

    private static Argument<string[]> Fields() => new("field=value")
    {
        Description = "Fields of the API's database object; values are JSON or text.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static string Path(ParseResult parsed, Argument<int> uid) =>
        string.Create(CultureInfo.InvariantCulture, $"/v1/bdbs/{parsed.GetValue(uid)}");

    private static JsonNode Memory(string? text) =>
        text is null ? DefaultMemory : ByteSize.Parse(text) ?? throw new ApiException($"\"{text}\" is not a size; it looks like 512MB.");
}
