using System.Collections.Immutable;

namespace Baton.Server.Engines;

/// <summary>What an instance starts with and can be given anew while it runs.</summary>
/// <param name="MemoryLimitBytes">Its share of the database's memory; 0 = no limit.</param>
/// <param name="EvictionPolicy">A Redis <c>maxmemory-policy</c> name. Garnet never evicts: full is an error.</param>
/// <param name="Configuration">Settings clients made with CONFIG SET, by lower-case name.</param>
public sealed record ShardSettings(long MemoryLimitBytes, string EvictionPolicy, ImmutableSortedDictionary<string, string> Configuration)
{
    /// <summary>Nothing set by clients.</summary>
    public ShardSettings(long memoryLimitBytes, string evictionPolicy)
        : this(memoryLimitBytes, evictionPolicy, ImmutableSortedDictionary<string, string>.Empty)
    {
    }

    /// <summary>As an instance has it right after its start, before <see cref="IShardEngine.ConfigureAsync"/>.</summary>
    public ShardSettings WithoutConfiguration() => this with { Configuration = ImmutableSortedDictionary<string, string>.Empty };
}
