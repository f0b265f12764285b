namespace Baton.Client;

/// <summary>
/// What a client in a service collection is made of: <c>IOptions</c> wants an object that can be changed, and
/// <see cref="RedisClientOptions"/> cannot.
/// </summary>
public sealed class BatonRedisOptions
{
    /// <summary>The client's options. Change them with <c>with</c>. Default: <c>localhost:6379</c>.</summary>
    public RedisClientOptions Client { get; set; } = new();
}
