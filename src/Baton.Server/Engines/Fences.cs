using Baton.Server.Engines.Garnet;
using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines;

/// <summary>
/// Makes an engine refuse every write, whoever sends it and on whatever connection, while reads, subscriptions and control go on.
/// A fence is a setting of the running instance: it is gone after a restart.
/// <code>
/// engine   closed                                               a write gets     opened
/// redis    CONFIG SET min-replicas-to-write 1000000             -NOREPLICAS      CONFIG SET min-replicas-to-write 0
///          CLIENT PAUSE ... WRITE                               (refused first)  CLIENT UNPAUSE
/// garnet   ACL SETUSER (each user) -@all +@read ... -@write     -NOPERM          ACL SETUSER (each user) (what it had)
/// </code>
/// A Redis that is fenced is also put to rest: while clients' writes are paused it expires and evicts nothing, so that only one of two masters ever makes
/// the event that a key has expired.
/// </summary>
internal static class Fences
{
    private const string RedisSetting = "min-replicas-to-write";

    private static readonly string[] ReadOnly =
        ["-@all", "+@read", "+@connection", "+@pubsub", "+info", "+unwatch", "+discard", "+multi", "+exec", "-@write"];

    /// <summary>Closes the fence.</summary>
    /// <exception cref="EngineException">The engine refused, or cannot be reached: the fence may be closed or not.</exception>
    /// <param name="engine">What it is.</param>
    /// <param name="link">A connection to it.</param>
    /// <param name="restLimit">Longest rest; the fence itself has no end.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task CloseAsync(EngineCapabilities engine, RespConnection link, TimeSpan restLimit, CancellationToken cancellationToken) => engine.Kind switch
    {
        EngineKind.Redis => CloseRedisAsync(link, restLimit, cancellationToken),

        // Scripts are left out as a whole (they may write). Connections that are drained still need PING, UNSUBSCRIBE and the like; an empty
        // transaction tells whether a WATCH still holds, and one with a write in it is refused that.
        EngineKind.Garnet => SetUsersAsync(engine, link, [.. ReadOnly, "+acl"], ReadOnly, cancellationToken),
        _ => throw new EngineException($"no way is known to fence an engine of kind {engine.Kind}"),
    };

    /// <summary>Opens the fence; harmless when it was not closed.</summary>
    /// <exception cref="EngineException">The engine refused, or cannot be reached.</exception>
    public static Task OpenAsync(EngineCapabilities engine, RespConnection link, CancellationToken cancellationToken) => engine.Kind switch
    {
        EngineKind.Redis => OpenRedisAsync(link, cancellationToken),
        EngineKind.Garnet => SetUsersAsync(engine, link, GarnetFlaws.OpenAccess[3..], engine.DataUser?.Rights ?? [], cancellationToken),
        _ => throw new EngineException($"no way is known to fence an engine of kind {engine.Kind}"),
    };

    /// <summary>Adds the order that opens the fence of a Redis instance.</summary>
    public static RespBatch AddOpenRedis(this RespBatch batch) => batch.Add("CONFIG", "SET", RedisSetting, "0");

    /// <summary>Adds the order that ends the rest of a Redis instance; its error is that of a Redis that knows no rest.</summary>
    public static RespBatch AddWake(this RespBatch batch) => batch.Add("CLIENT", "UNPAUSE");

    /// <summary>
    /// Adds the order that makes a Redis instance expire and evict nothing for so long, unless it is woken before. A Redis that does not know it (before
    /// 6.2) answers with an error and goes on.
    /// </summary>
    public static RespBatch AddRest(this RespBatch batch, TimeSpan limit) =>
        batch.Command("CLIENT", 3).Argument("PAUSE").Argument((long)limit.TotalMilliseconds).Argument("WRITE");

    private static async Task CloseRedisAsync(RespConnection link, TimeSpan restLimit, CancellationToken cancellationToken)
    {
        RespBatch batch = new RespBatch().Add("CONFIG", "SET", RedisSetting, "1000000").AddRest(restLimit);
        Demand((await link.SendAsync(batch, cancellationToken).ConfigureAwait(false))[0]);
    }

    private static async Task OpenRedisAsync(RespConnection link, CancellationToken cancellationToken) =>
        Demand((await link.SendAsync(new RespBatch().AddOpenRedis().AddWake(), cancellationToken).ConfigureAwait(false))[0]);

    private static void Demand(RespReply reply)
    {
        if (reply.IsError)
        {
            throw new EngineException($"the engine refused CONFIG: {reply.Text}");
        }
    }

    // Clients' user first: what it may not do any more, no client can ask for while the other is being told.
    private static async Task SetUsersAsync(
        EngineCapabilities engine, RespConnection link, string[] orders, IReadOnlyList<string> data, CancellationToken cancellationToken)
    {
        if (engine.DataUser is not null)
        {
            await link.DemandAsync(["ACL", "SETUSER", DataUser.Name, .. data], cancellationToken).ConfigureAwait(false);
        }

        await link.DemandAsync(["ACL", "SETUSER", "default", .. orders], cancellationToken).ConfigureAwait(false);
    }
}
