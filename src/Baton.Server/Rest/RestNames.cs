using System.Globalization;
using Baton.Cluster.Model;

namespace Baton.Server.Rest;

/// <summary>The API's words for the model's values, both ways.</summary>
internal static class RestNames
{
    /// <summary>The words of <see cref="ProxyPolicy"/>.</summary>
    public static readonly string[] ProxyPolicies = ["single", "all-master-shards", "all-nodes"];

    /// <summary>The words of <see cref="ShardsPlacement"/>.</summary>
    public static readonly string[] Placements = ["dense", "sparse"];

    public static string Of(ProxyPolicy policy) => ProxyPolicies[(int)policy];

    public static string Of(ShardsPlacement placement) => Placements[(int)placement];

    public static string Of(ShardRole role) => role == ShardRole.Master ? "master" : "slave";

    public static string Of(ShardStatus status) => status == ShardStatus.Active ? "active" : "inactive";

    public static string Of(DatabaseStatus status) => status switch
    {
        DatabaseStatus.Pending => "pending",
        DatabaseStatus.Active => "active",
        DatabaseStatus.ActiveChangePending => "active-change-pending",
        DatabaseStatus.DeletePending => "delete-pending",
        _ => "creation-failed",
    };

    public static string Of(OperationStatus status) => status switch
    {
        OperationStatus.Pending => "pending",
        OperationStatus.Active => "active",
        OperationStatus.Completed => "completed",
        _ => "failed",
    };

    /// <summary>The v2 actions use other words for the same.</summary>
    public static string V2Of(OperationStatus status) => status switch
    {
        OperationStatus.Pending => "queued",
        OperationStatus.Active => "running",
        OperationStatus.Completed => "completed",
        _ => "failed",
    };

    /// <summary>ISO 8601, seconds, UTC: <c>2026-01-31T12:00:00Z</c>.</summary>
    public static string Of(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Of(int uid) => uid.ToString(CultureInfo.InvariantCulture);
}
