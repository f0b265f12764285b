namespace Baton.Client;

/// <summary>How the server knows which keys to tell about (<c>CLIENT TRACKING</c>).</summary>
public enum RedisCachingMode
{
    /// <summary>
    /// Only what is read through <see cref="RedisClient.Cached"/> (<c>OPTIN</c>): the server remembers those keys, at the price of a
    /// <c>CLIENT CACHING YES</c> in front of each read that is not answered from memory.
    /// </summary>
    OptIn,

    /// <summary>The server remembers every key this client reads, cached or not.</summary>
    Default,

    /// <summary>The server remembers nothing and tells of every change to keys with the prefixes (<c>BCAST</c>); other keys are not cached.</summary>
    Broadcast,
}
