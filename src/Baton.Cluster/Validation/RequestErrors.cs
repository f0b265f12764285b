using Baton.Cluster.Requests;

namespace Baton.Cluster.Validation;

/// <summary>The errors of several validators, worded once.</summary>
internal static class RequestErrors
{
    public static RequestError DatabaseNotFound(int uid) =>
        new(RequestErrorKind.NotFound, "db_not_exist", $"There is no database {uid}.", "uid");

    public static RequestError NodeNotFound(int uid, string field) =>
        new(RequestErrorKind.NotFound, "node_not_found", $"There is no node {uid}.", field);

    public static RequestError ShardNotFound(int uid) =>
        new(RequestErrorKind.NotFound, "shard_not_exist", $"There is no shard {uid}.", "shard_uids");

    public static RequestError ShardsRequired() =>
        new(RequestErrorKind.NotFound, "shard_uids_required", "shard_uids names no shard.", "shard_uids");

    public static RequestError Busy(int databaseUid, string operation, string actionUid) =>
        new(RequestErrorKind.Conflict, "db_busy",
            $"Database {databaseUid} is busy: its {operation} (action {actionUid}) is still running. Try again when it is over.");

    public static RequestError NotServing(int databaseUid, string status) =>
        new(RequestErrorKind.Conflict, "db_not_active", $"Database {databaseUid} does not serve (it is {status}).");

    public static RequestError OutOfRange(string field, long value, long min, long max, string unit) =>
        new(RequestErrorKind.Invalid, "invalid_value", $"{field} is {value}; it must be between {min} and {max} {unit}.", field);

    public static RequestError NodeTakesNothing(int uid, string field) =>
        new(RequestErrorKind.NotAcceptable, "insufficient_resources",
            $"Node {uid} accepts no shards and endpoints (accept_servers is false).", field);
}
