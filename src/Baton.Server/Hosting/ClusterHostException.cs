namespace Baton.Server.Hosting;

/// <summary>A cluster could not be started. The message is for the operator: what was wrong, where, what to do.</summary>
public sealed class ClusterHostException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ClusterHostException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
