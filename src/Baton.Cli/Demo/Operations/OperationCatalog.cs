using System.Text.Json.Nodes;

namespace Baton.Cli.Demo.Operations;

/// <summary>Every operation there is, in the order the demo repeats them.</summary>
internal static class OperationCatalog
{
    private const long SecondDatabaseBytes = 64L * 1024 * 1024;

    /// <summary>The list.</summary>
    /// <param name="hasReplicas">Whether the database has replicas.</param>
    /// <param name="spreadAsync">Called when several proxies serve the database: moves some clients to them.</param>
    public static IReadOnlyList<DemoOperation> All(bool hasReplicas, Func<DemoDatabase, CancellationToken, Task> spreadAsync) =>
    [
        new("migrate", (database, token) => MigrateAsync(database, shards: 1, token)),
        new("bind", BindElsewhereAsync),
        new("failover", FailoverAsync) { UnsupportedBecause = hasReplicas ? null : "the embedded engine has no replicas, so no failover" },
        new("bind all-nodes", (database, token) => database.BindAsync("all-nodes", node: null, token)) { AfterAsync = spreadAsync },
        new("migrate several", (database, token) => MigrateAsync(database, int.MaxValue, token)),
        new("bind all-master-shards", (database, token) => database.BindAsync("all-master-shards", node: null, token)),
        new("create and delete a second database", CreateAndDeleteAsync),
        new("bind single", (database, token) => database.BindAsync("single", node: null, token)),
    ];

    private static async Task<string?> MigrateAsync(DemoDatabase database, int shards, CancellationToken cancellationToken)
    {
        var all = await database.ShardsAsync(cancellationToken);
        var moving = all.Where(shard => shard.IsMaster).Take(shards).ToList();
        var slots = moving.Select(shard => shard.Slots).ToHashSet();
        var nodes = await database.NodesAsync(cancellationToken);

        // Not to a node that has a replica of what moves; and to the one where the fewest of them are already.
        var target = nodes.Where(node => !all.Any(shard => !shard.IsMaster && shard.Node == node && slots.Contains(shard.Slots)))
            .OrderBy(node => moving.Count(shard => shard.Node == node))
            .ThenBy(node => node < moving[0].Node ? node + nodes.Count : node)
            .First();
        return await database.MigrateAsync(moving.Select(shard => shard.Uid), target, cancellationToken);
    }

    private static async Task<string?> FailoverAsync(DemoDatabase database, CancellationToken cancellationToken)
    {
        var shards = await database.ShardsAsync(cancellationToken);
        return await database.FailoverAsync(shards.Where(shard => shard.IsMaster).Select(shard => shard.Uid), cancellationToken);
    }

    private static async Task<string?> BindElsewhereAsync(DemoDatabase database, CancellationToken cancellationToken)
    {
        var bound = await database.BoundAsync(cancellationToken);
        var nodes = await database.NodesAsync(cancellationToken);
        var here = bound[0].Node;
        var free = nodes.Where(node => bound.All(entry => entry.Node != node)).OrderBy(node => node < here ? node + nodes.Count : node);
        return await database.BindAsync("single", free.First(), cancellationToken);
    }

    // Nothing of it may be felt by the load on the first database.
    private static async Task<string?> CreateAndDeleteAsync(DemoDatabase database, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["name"] = "beside", ["memory_size"] = SecondDatabaseBytes, ["port"] = 0 };
        var created = await database.Api.PostAsync("/v1/bdbs", body, cancellationToken);
        var second = new DemoDatabase(database.Api, (int)created["uid"]!, database.Time);
        await second.WaitForStatusAsync("active", cancellationToken);
        await second.DeleteAsync(cancellationToken);
        return null;
    }
}
