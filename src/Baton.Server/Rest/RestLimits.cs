namespace Baton.Server.Rest;

/// <summary>Every bound of the REST listener.</summary>
internal static class RestLimits
{
    /// <summary>Largest request body. 1 MiB; over it: 413.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>All request headers together. 32 KiB; over it: 431.</summary>
    public const int MaxHeaderBytes = 32 * 1024;

    /// <summary>Open connections. 256; over it an idle one is closed for each that comes.</summary>
    public const int MaxConnections = 256;

    /// <summary>Open connections of one address. 128; over it an idle one of its own is closed for each that comes.</summary>
    public const int MaxConnectionsPerAddress = 128;

    /// <summary>TLS handshakes at the same time. 2; whoever comes waits for a turn, addresses by turns.</summary>
    public const int MaxHandshakes = 2;

    /// <summary>Passwords of one address that wait to be checked. 16; over it: 429.</summary>
    public const int MaxWaitingLoginsPerAddress = 16;

    /// <summary>Addresses whose passwords wait to be checked. 256; over it: 429.</summary>
    public const int MaxWaitingAddresses = 256;

    /// <summary>Wrong passwords on one connection. 10; over it: 429, and the connection is closed.</summary>
    public const int MaxLoginFailures = 10;

    /// <summary>
    /// How long the answer is held back, to a wrong password and to one too many, when there were more than
    /// <see cref="MaxLoginFailures"/> for its name from its address. 10 s.
    /// </summary>
    public const int GuesserHoldSeconds = 10;

    /// <summary>When to come again, in the answer 429, which comes no sooner itself. 1 s.</summary>
    public const int RetryAfterSeconds = 1;

    /// <summary>Nesting of a JSON body. 32.</summary>
    public const int MaxJsonDepth = 32;

    /// <summary>Bytes of documented fields without a meaning that one object keeps. 64 KiB.</summary>
    public const int MaxKeptBytes = 64 * 1024;

    /// <summary>Time a client has for its request headers, and for its TLS handshake. 10 s.</summary>
    public static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a TLS handshake keeps others from beginning theirs. 250 ms.</summary>
    public static readonly TimeSpan HandshakeTurn = TimeSpan.FromMilliseconds(250);

    /// <summary>Time a client has for its whole request body. 15 s; over it: 408.</summary>
    public static readonly TimeSpan BodyTimeout = TimeSpan.FromSeconds(15);

    /// <summary>How long an idle connection is kept. 120 s.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(120);

    /// <summary>Time all live figures of one reply have together; what is late is left out. 1 s.</summary>
    public static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Time the listener has to end its requests when it stops. 2 s.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);
}
