namespace Baton.Server.Engines;

/// <summary>The settings that make an engine refuse every write.</summary>
internal static class Fences
{
    /// <summary>A Redis master that lacks this many replicas answers every write, whoever sends it, with <c>NOREPLICAS</c>.</summary>
    public const string RedisFence = "min-replicas-to-write";

    /// <summary>The value that closes the fence; 0 opens it.</summary>
    public const string MoreReplicasThanAnyHas = "1000000";
}
