namespace Baton.Server.Rest;

/// <summary>Every path of the API, once.</summary>
internal static class RestRoutes
{
    public const string Cluster = "/v1/cluster";
    public const string ClusterPolicy = "/v1/cluster/policy";
    public const string Databases = "/v1/bdbs";
    public const string Database = "/v1/bdbs/{uid}";
    public const string DatabaseShards = "/v1/bdbs/{uid}/shards";
    public const string DatabaseAvailability = "/v1/bdbs/{uid}/availability";
    public const string Nodes = "/v1/nodes";
    public const string Node = "/v1/nodes/{uid}";
    public const string NodesStatus = "/v1/nodes/status";
    public const string NodeStatus = "/v1/nodes/{uid}/status";
    public const string Shards = "/v1/shards";
    public const string Shard = "/v1/shards/{uid}";
    public const string MigrateShards = "/v1/shards/actions/migrate";
    public const string MigrateShard = "/v1/shards/{uid}/actions/migrate";
    public const string FailoverShards = "/v1/shards/actions/failover";
    public const string FailoverShard = "/v1/shards/{uid}/actions/failover";
    public const string Actions = "/v1/actions";
    public const string Action = "/v1/actions/{uid}";
    public const string DatabaseActions = "/v1/actions/bdb/{uid}";
    public const string ActionsV2 = "/v2/actions";
    public const string ActionV2 = "/v2/actions/{uid}";
    public const string LocalAvailability = "/v1/local/bdbs/{uid}/endpoint/availability";
    public const string Authorize = "/v1/users/authorize";
    public const string RefreshToken = "/v1/users/refresh_jwt";
    public const string MasterHealthcheck = "/v1/local/node/master_healthcheck";

    /// <summary>An extension: one row per bound proxy, as <c>rladmin status endpoints</c> shows them.</summary>
    public const string Endpoints = "/v1/endpoints";

    /// <summary>An extension: the data path's counters.</summary>
    public const string Statistics = "/v1/statistics";
}
