using Baton.Cluster.Model;
using Baton.Server.Engines;
using Baton.Server.Engines.Garnet;
using Baton.Server.Engines.RedisProcess;
using Baton.Server.Proxy.Commands;

namespace Baton.Server.Hosting;

/// <summary>The engines this machine can start.</summary>
/// <param name="Factories">By the name databases use.</param>
/// <param name="Redis">The program behind <c>redis</c>; null when there is none.</param>
internal sealed record EngineSet(IReadOnlyDictionary<string, IEngineFactory> Factories, RedisBinary? Redis)
{
    /// <summary>Garnet always; <c>redis</c> when its program is found. Missing is an error only when something needs it.</summary>
    /// <exception cref="EngineException">The program is needed and missing, or cannot be used.</exception>
    public static async Task<EngineSet> FindAsync(ClusterHostOptions options, ClusterState? stored, CancellationToken cancellationToken)
    {
        var factories = new Dictionary<string, IEngineFactory>(StringComparer.Ordinal)
        {
            [StoredSettings.NameOf(EngineKind.Garnet)] = new GarnetFactory(EngineLimits.Default, options.Clock) { Refused = RefusedCommands.Names },
        };
        var redis = StoredSettings.NameOf(EngineKind.Redis);
        var needed = options.EnginePath is not null
            || (stored is null ? options.Engine == EngineKind.Redis : stored.Databases.Values.Any(database => database.Engine == redis));
        RedisBinary? binary = null;
        try
        {
            binary = await RedisBinary.LocateAsync(options.EnginePath, options.Clock, cancellationToken).ConfigureAwait(false);
            factories[redis] = new RedisProcessFactory(binary, EngineLimits.Default, options.Clock) { Refused = RefusedCommands.Names };
        }
        catch (EngineException) when (!needed)
        {
            // Nobody asked for it.
        }

        return new EngineSet(factories, binary);
    }
}
