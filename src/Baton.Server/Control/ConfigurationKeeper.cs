using System.Collections.Immutable;
using Baton.Cluster.Requests;
using Baton.Server.Proxy;

namespace Baton.Server.Control;

/// <summary>CONFIG SET as a request to the cluster. Thread-safe.</summary>
public sealed class ConfigurationKeeper(IClusterController controller) : IConfigurationKeeper
{
    /// <inheritdoc/>
    public async Task<string?> KeepAsync(int databaseUid, IReadOnlyDictionary<string, string> values)
    {
        ConfigureDatabase request = new(databaseUid, values.ToImmutableSortedDictionary());
        RequestResult result = await controller.RequestAsync(request, CancellationToken.None).ConfigureAwait(false);
        return result.Errors.IsEmpty ? null : string.Join(" ", result.Errors.Select(error => error.Message));
    }
}
