namespace Baton.Cli.Bench.Clients;

/// <summary>What is measured.</summary>
internal static class ClientTest
{
    /// <summary>SET of a byte array.</summary>
    public const string Set = "set";

    /// <summary>GET that returns a new byte array.</summary>
    public const string Get = "get";

    /// <summary>GET into the caller's buffer.</summary>
    public const string GetInto = "get-into";

    /// <summary>In the order they run: SET makes the key that the others find.</summary>
    public static readonly IReadOnlyList<string> All = [Set, Get, GetInto];

    /// <summary>The key.</summary>
    public const string Key = "baton:bench";

    /// <summary>Bytes of the value.</summary>
    public const int ValueBytes = 32;

    /// <summary>What a reply must be, or the measurement is worth nothing.</summary>
    /// <exception cref="BenchException">It is something else.</exception>
    public static void Check(bool isRight)
    {
        if (!isRight)
        {
            throw new BenchException("a client returned something else than what was stored");
        }
    }
}
