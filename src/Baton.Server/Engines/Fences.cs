using Baton.Server.Engines.Garnet;
using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines;

/// <summary>
/// Makes an engine refuse every write, whoever sends it and on whatever connection, while reads, subscriptions and control go on.
/// A fence is a setting of the running instance: it is gone after a restart.
/// <code>
/// engine   closed                                               a write gets     opened
/// redis    CONFIG SET min-replicas-to-write 1000000             -NOREPLICAS      CONFIG SET min-replicas-to-write 0
/// garnet   ACL SETUSER default -@all +@read ... -@write         -NOPERM          ACL SETUSER default +@all -swapdb ...
/// </code>
/// </summary>
internal static class Fences
{
    private const string RedisSetting = "min-replicas-to-write";

    /// <summary>Closes the fence.</summary>
    /// <exception cref="EngineException">The engine refused, or cannot be reached: the fence may be closed or not.</exception>
    public static Task CloseAsync(EngineKind kind, RespConnection link, CancellationToken cancellationToken) => kind switch
    {
        EngineKind.Redis => link.DemandAsync(["CONFIG", "SET", RedisSetting, "1000000"], cancellationToken),

        // Scripts are left out as a whole (they may write). Connections that are drained still need PING, UNSUBSCRIBE and the like.
        EngineKind.Garnet => link.DemandAsync(
            ["ACL", "SETUSER", "default", "-@all", "+@read", "+@connection", "+@pubsub", "+acl", "+info", "+unwatch", "+discard",
                "-@write"],
            cancellationToken),
        _ => throw new EngineException($"no way is known to fence an engine of kind {kind}"),
    };

    /// <summary>Opens the fence; harmless when it was not closed.</summary>
    /// <exception cref="EngineException">The engine refused, or cannot be reached.</exception>
    public static Task OpenAsync(EngineKind kind, RespConnection link, CancellationToken cancellationToken) => kind switch
    {
        EngineKind.Redis => link.DemandAsync(["CONFIG", "SET", RedisSetting, "0"], cancellationToken),
        EngineKind.Garnet => link.DemandAsync(GarnetFlaws.OpenAccess, cancellationToken),
        _ => throw new EngineException($"no way is known to fence an engine of kind {kind}"),
    };

    /// <summary>Adds the order that opens the fence of a Redis instance.</summary>
    public static RespBatch AddOpenRedis(this RespBatch batch) => batch.Add("CONFIG", "SET", RedisSetting, "0");
}
