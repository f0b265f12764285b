using System.Text.Json.Nodes;
using Baton.Cluster.Model;
using Baton.Server.Engines;

namespace Baton.Server.Rest;

/// <summary>The shard object. Mind the mixed types: its uid and its node's are strings, its database's is a number.</summary>
internal static class ShardJson
{
    /// <summary>Shards with their live figures, asked for at once and bounded together.</summary>
    public static async Task<JsonArray> RenderAllAsync(
        RestServices services, IReadOnlyList<ShardState> shards, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(RestLimits.ProbeTimeout, services.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var figures = await Task.WhenAll(shards.Select(shard => ProbeAsync(services, shard, either.Token))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var now = RestNames.Of(services.Clock.GetUtcNow());
        return new JsonArray([.. shards.Zip(figures, (shard, health) => Render(shard, health, now))]);
    }

    private static async Task<EngineHealth?> ProbeAsync(RestServices services, ShardState shard, CancellationToken cancellationToken)
    {
        try
        {
            return await services.Controller
                .ProbeShardAsync(shard.Uid, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or EngineException or IOException or TimeoutException)
        {
            return null; // The shard is shown without figures.
        }
    }

    private static JsonObject Render(ShardState shard, EngineHealth? health, string now)
    {
        var syncing = shard.Role == ShardRole.Replica && health is { LinkUp: false };
        var body = new JsonObject
        {
            ["uid"] = RestNames.Of(shard.Uid),
            ["role"] = RestNames.Of(shard.Role),
            ["assigned_slots"] = $"{shard.FirstSlot}-{shard.LastSlot}",
            ["bdb_uid"] = shard.DatabaseUid,
            ["node_uid"] = RestNames.Of(shard.NodeUid),
            ["status"] = RestNames.Of(shard.Status),
            ["detailed_status"] = health is null ? "timeout" : "ok",
            ["loading"] = new JsonObject { ["status"] = "idle" },
            ["sync"] = new JsonObject { ["status"] = syncing ? "link_down" : "idle" },
            ["report_timestamp"] = now,
        };
        if (health is not null)
        {
            body["redis_info"] = new JsonObject
            {
                ["role"] = health.IsMaster ? "master" : "slave",
                ["used_memory"] = health.UsedMemoryBytes,
                ["keys"] = health.Keys,
                ["master_repl_offset"] = health.ReplicationOffset,
            };
        }

        return body;
    }
}
