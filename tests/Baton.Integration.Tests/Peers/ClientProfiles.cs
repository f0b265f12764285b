using System.Text.Json.Nodes;
using StackExchange.Redis;

namespace Baton.Integration.Tests.Peers;

/// <summary>The settings every client is run with.</summary>
public static class ClientProfiles
{
    /// <summary>Clients that opted in; they live through every operation, endpoint moves included.</summary>
    public static readonly IReadOnlyList<string> HandoffNames =
    [
        "node-redis auto", "node-redis enabled-internal-ip", "node-redis enabled-external-ip", "node-redis enabled-internal-fqdn",
        "node-redis enabled-external-fqdn", "node-redis enabled-none", "StackExchange.Redis enabled-auto",
        "StackExchange.Redis auto-internal-ip", "StackExchange.Redis enabled-external-ip",
    ];

    /// <summary>
    /// Clients that live through shard operations: without SCH, or with passengers that their own handoff does not carry.
    /// </summary>
    public static readonly IReadOnlyList<string> ShardNames =
    [
        "node-redis auto-hard", "node-redis disabled-hard", "node-redis resp2-hard", "ioredis resp3-hard", "ioredis resp2-hard",
        "StackExchange.Redis enabled-channel", "StackExchange.Redis disabled", "StackExchange.Redis auto-resp2", "redis-cli repeat",
        "redis-cli pipe", "redis-cli subscribe",
    ];

    /// <summary>node-redis for <see cref="HandoffNames"/>.</summary>
    public static JsonArray NodeRedisHandoff() =>
    [
        Node("auto", new JsonObject { ["RESP"] = 3 }),
        Node("enabled-internal-ip", Enabled("internal-ip")),
        Node("enabled-external-ip", Enabled("external-ip")),
        Node("enabled-internal-fqdn", Enabled("internal-fqdn")),
        Node("enabled-external-fqdn", Enabled("external-fqdn")),
        Node("enabled-none", Enabled("none")),
    ];

    /// <summary>node-redis for <see cref="ShardNames"/>.</summary>
    public static JsonArray NodeRedisShard() =>
    [
        Node("auto-hard", new JsonObject { ["RESP"] = 3 }, hard: true),
        Node("disabled-hard", new JsonObject { ["RESP"] = 3, ["maintNotifications"] = "disabled" }, hard: true),
        Node("resp2-hard", new JsonObject { ["RESP"] = 2 }, hard: true),
    ];

    /// <summary>ioredis for <see cref="ShardNames"/>; its released versions know no SCH.</summary>
    public static JsonArray IoRedisShard() =>
    [
        Node("resp3-hard", new JsonObject { ["protocol"] = 3 }, hard: true),
        Node("resp2-hard", new JsonObject { ["protocol"] = 2 }, hard: true),
    ];

    /// <summary>StackExchange.Redis for <see cref="HandoffNames"/>.</summary>
    public static IEnumerable<(string Name, Action<ConfigurationOptions> Configure)> StackExchangeHandoff() =>
    [
        ("enabled-auto", options => options.MaintenanceNotifications = MaintenanceNotificationMode.Enabled),
        ("auto-internal-ip", options =>
        {
            options.MaintenanceNotifications = MaintenanceNotificationMode.Auto;
            options.MaintenanceMovingEndpointType = MaintenanceEndpointType.InternalIp;
        }),
        ("enabled-external-ip", options =>
        {
            options.MaintenanceNotifications = MaintenanceNotificationMode.Enabled;
            options.MaintenanceMovingEndpointType = MaintenanceEndpointType.ExternalIp;
        }),
    ];

    /// <summary>StackExchange.Redis for <see cref="ShardNames"/>.</summary>
    public static IEnumerable<(string Name, Action<ConfigurationOptions> Configure)> StackExchangeShard() =>
    [
        ("enabled-channel", options => options.MaintenanceNotifications = MaintenanceNotificationMode.Enabled),
        ("disabled", options => options.MaintenanceNotifications = MaintenanceNotificationMode.Disabled),
        ("auto-resp2", options =>
        {
            options.MaintenanceNotifications = MaintenanceNotificationMode.Auto;
            options.Protocol = RedisProtocol.Resp2;
        }),
    ];

    private static JsonObject Enabled(string type) =>
        new() { ["RESP"] = 3, ["maintNotifications"] = "enabled", ["maintEndpointType"] = type };

    private static JsonObject Node(string name, JsonObject options, bool hard = false) =>
        new() { ["name"] = name, ["options"] = options, ["hard"] = hard };
}
