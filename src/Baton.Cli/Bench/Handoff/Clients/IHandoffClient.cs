namespace Baton.Cli.Bench.Handoff.Clients;

/// <summary>What the rows do with a client library. Failures are thrown as the library throws them.</summary>
internal interface IHandoffClient : IAsyncDisposable
{
    /// <summary>INCR.</summary>
    Task IncrementAsync(string key);

    /// <summary>INCR, blocking the thread.</summary>
    void Increment(string key);

    /// <summary>INCR so many times, sent together.</summary>
    Task IncrementManyAsync(string key, int count);

    /// <summary>INCR whose reply nobody waits for.</summary>
    void IncrementAndForget(string key);

    /// <summary>GET.</summary>
    Task ReadAsync(string key);

    /// <summary>Reads a number and writes the next one if nobody has changed it meanwhile: WATCH, GET, MULTI, SET, EXEC. Whether it was written.</summary>
    Task<bool> RaiseIfUnchangedAsync(string key);

    /// <summary>BLPOP: the element, null for none in time.</summary>
    Task<string?> PopAsync(string key, int seconds);

    /// <summary>SUBSCRIBE.</summary>
    Task SubscribeAsync(string channel, Action<string> heard);
}
