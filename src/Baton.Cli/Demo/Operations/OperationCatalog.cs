using System.Text.Json.Nodes;

namespace Baton.Cli.Demo.Operations;

/// <summary>Every operation there is, in the order the demo repeats them. Not thread-safe.</summary>
/// <param name="random">Chooses shards and nodes where there is a choice.</param>
internal sealed class OperationCatalog(Random random)
{
    private const long SecondDatabaseBytes = 64L * 1024 * 1024;

    /// <summary>The list for a database.</summary>
    /// <param name="shards">Its masters.</param>
    /// <param name="hasReplicas">Whether it has replicas.</param>
    /// <param name="spreadAsync">Called when several proxies serve the database: moves some clients to them.</param>
    public IReadOnlyList<DemoOperation> All(int shards, bool hasReplicas, Func<DemoDatabase, CancellationToken, Task> spreadAsync)
    {
        List<DemoOperation> all = [];
        if (shards > 1)
        {
            all.Add(new("migrate several", (database, token) => MigrateAsync(database, masters: true, int.MaxValue, token)));
        }

        all.Add(new("bind", BindElsewhereAsync));
        all.Add(new("migrate", (database, token) => MigrateAsync(database, masters: true, 1, token)));
        all.Add(new("failover", FailoverAsync) { UnsupportedBecause = hasReplicas ? null : "the embedded engine has no failover" });
        all.Add(new("bind all-nodes", static (database, token) => database.BindAsync("all-nodes", node: null, token))
        {
            AfterAsync = spreadAsync,
        });
        if (hasReplicas)
        {
            // Brings the replicas together again, so that the masters can move together the next time round.
            all.Add(new("migrate replicas", (database, token) => MigrateAsync(database, masters: false, int.MaxValue, token)));
        }

        all.Add(new("bind all-master-shards", (database, token) => database.BindAsync("all-master-shards", node: null, token)));
        all.Add(new("create and delete a second database", CreateAndDeleteAsync));
        all.Add(new("bind single", (database, token) => database.BindAsync("single", node: null, token)));
        return all;
    }

    /// <summary>
    /// The node that most of the shards can go to and which of them: not those that are there, nor those whose master or replica is there.
    /// </summary>
    internal static (int Node, IReadOnlyList<int> Shards) BestMove(
        IReadOnlyList<DemoDatabase.Shard> all, IReadOnlyList<int> nodes, bool masters, int most) =>
        nodes.Select(node => (Node: node, Shards: all.Where(shard => shard.IsMaster == masters && IsFree(all, shard, node)).ToList()))
            .OrderByDescending(move => Math.Min(move.Shards.Count, most))
            .Select(move => (move.Node, (IReadOnlyList<int>)[.. move.Shards.Take(most).Select(shard => shard.Uid)]))
            .First();

    private static bool IsFree(IEnumerable<DemoDatabase.Shard> all, DemoDatabase.Shard shard, int node) =>
        !all.Any(other => other.Slots == shard.Slots && other.Node == node);

    private static async Task<string?> FailoverAsync(DemoDatabase database, CancellationToken cancellationToken)
    {
        var shards = await database.ShardsAsync(cancellationToken);
        return await database.FailoverAsync(shards.Where(shard => shard.IsMaster).Select(shard => shard.Uid), cancellationToken);
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

    private async Task<string?> MigrateAsync(DemoDatabase database, bool masters, int most, CancellationToken cancellationToken)
    {
        var all = (await database.ShardsAsync(cancellationToken)).ToArray();
        var nodes = (await database.NodesAsync(cancellationToken)).ToArray();
        random.Shuffle(all);
        random.Shuffle(nodes);
        var (node, shards) = BestMove(all, nodes, masters, most);
        return shards.Count == 0 ? null : await database.MigrateAsync(shards, node, cancellationToken);
    }

    private async Task<string?> BindElsewhereAsync(DemoDatabase database, CancellationToken cancellationToken)
    {
        var bound = (await database.BoundAsync(cancellationToken)).Select(entry => entry.Node).ToList();
        var nodes = (await database.NodesAsync(cancellationToken)).ToArray();
        random.Shuffle(nodes);
        return await database.BindAsync("single", nodes.OrderBy(bound.Contains).First(), cancellationToken);
    }
}
