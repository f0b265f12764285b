namespace Baton.Conformance.Tests.Differential;

/// <summary>A cluster that is compared with a plain server.</summary>
/// <param name="Name">As the list of expected differences calls it.</param>
/// <param name="Engine">Of the cluster.</param>
/// <param name="Shards">Of the database.</param>
public sealed record ClusterVariant(string Name, string Engine, int Shards)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClusterVariant> All { get; } = [new("redis", "redis", 1), new("shards", "redis", 3), new("embedded", "garnet", 1)];
}
