namespace Baton.Server.Store;

/// <summary>The stored state cannot be read or written. The message is for the operator: which file, what is wrong, what to do.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>What is wrong, without what to do about it; null where the message is one piece.</summary>
    public string? Found { get; init; }

    /// <summary>What is stored is whole, and another version of this program wrote it.</summary>
    public bool OfAnotherVersion { get; init; }
}
