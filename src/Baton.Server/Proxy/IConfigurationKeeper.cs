namespace Baton.Server.Proxy;

/// <summary>Keeps what clients set with CONFIG SET, for every instance the database will ever have. Thread-safe.</summary>
public interface IConfigurationKeeper
{
    /// <summary>Completes when the values are stored.</summary>
    /// <param name="databaseUid">Whose.</param>
    /// <param name="values">By lower-case name.</param>
    /// <returns>Null, or why they were refused.</returns>
    Task<string?> KeepAsync(int databaseUid, IReadOnlyDictionary<string, string> values);
}
