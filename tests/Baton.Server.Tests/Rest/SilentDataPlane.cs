using System.Net;
using Baton.Protocol.Maintenance;
using Baton.Server.Engines;
using Baton.Server.Proxy;

namespace Baton.Server.Tests.Rest;

/// <summary>A data path that only has counters.</summary>
internal sealed class SilentDataPlane : IDataPlane
{
    public DataPlaneStatistics Statistics { get; } =
        new(3, 2, 1000, 7, new Dictionary<CloseReason, long> { [CloseReason.Quit] = 4, [CloseReason.EndpointMoved] = 1 });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public Task PublishAsync(ProxySnapshot snapshot) => throw new NotSupportedException();

    public Task<IPEndPoint> OpenListenerAsync(int databaseUid, int nodeUid, IPEndPoint address) => throw new NotSupportedException();

    public Task<ShardSilence> SilenceAsync(int shardUid, long instanceId) => throw new NotSupportedException();

    public Task<int> GiveUpSilentAsync(int shardUid, long instanceId, TimeSpan atLeast) => throw new NotSupportedException();

    public Task CloseListenerAsync(int databaseUid, int nodeUid, CloseReason reason, TimeSpan drainLimit) => throw new NotSupportedException();

    public Task<int> OpenWindowAsync(MaintenanceWindow window) => throw new NotSupportedException();

    public Task<int> CloseWindowAsync(int databaseUid, long openerSequence, MaintenanceNotification? closer) => throw new NotSupportedException();

    public Task<IWriteTap> AttachTapAsync(int shardUid) => throw new NotSupportedException();

    public Task<IShardHold> HoldAsync(int shardUid, TimeSpan limit, CancellationToken cancellationToken) => throw new NotSupportedException();
}
