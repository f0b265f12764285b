using System.Text.Json.Nodes;

namespace Baton.TestKit.Rest;

/// <summary>One shard as GET /v1/shards shows it.</summary>
/// <param name="Uid">Its uid (a text on the wire).</param>
/// <param name="Database">Its database.</param>
/// <param name="Role"><c>master</c> or <c>slave</c>.</param>
/// <param name="Node">Where it is.</param>
/// <param name="Slots">Its slots.</param>
public sealed record ShardRow(int Uid, int Database, string Role, int Node, string Slots)
{
    /// <summary>True for a master.</summary>
    public bool IsMaster => Role == "master";

    /// <summary>Reads one row.</summary>
    public static ShardRow From(JsonNode row) => new(
        int.Parse(row["uid"]!.GetValue<string>()),
        row["bdb_uid"]!.GetValue<int>(),
        row["role"]!.GetValue<string>(),
        int.Parse(row["node_uid"]!.GetValue<string>()),
        row["assigned_slots"]?.GetValue<string>() ?? "");
}
