using Baton.TestKit;
using Baton.TestKit.Processes;
using Baton.TestKit.Resp;

namespace Baton.Integration.Tests.Peers;

/// <summary>Bare connections opted in with each of the five endpoint types and a bare ON, on some nodes' proxies.</summary>
internal sealed class ProbeSet : IAsyncDisposable
{
    public static readonly IReadOnlyList<string> EndpointTypes =
        ["internal-ip", "external-ip", "internal-fqdn", "external-fqdn", "none", ""];

    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(30);
    private readonly List<Probe> _probes = [];

    public IReadOnlyList<Probe> All => _probes;

    public static async Task<ProbeSet> OpenAsync(BatonProcess cluster, IEnumerable<string> addresses)
    {
        var set = new ProbeSet();
        foreach (var address in addresses)
        {
            foreach (var type in EndpointTypes)
            {
                string[] words = type.Length == 0 ? [] : ["moving-endpoint-type", type];
                set._probes.Add(new Probe(address, type, await RawConnection.ConnectResp3Async(address, cluster.Port, optIn: words)));
            }
        }

        return set;
    }

    public IEnumerable<Probe> On(string address) => _probes.Where(probe => probe.Address == address);

    /// <summary>
    /// Waits until every probe has the expected number of pushes; a PING then proves that no more were on their way.
    /// </summary>
    public static async Task SettleAsync(IEnumerable<Probe> probes, int pushes)
    {
        foreach (var probe in probes)
        {
            await Eventually.TrueAsync(
                () => probe.Connection.Pushes.Count >= pushes, SettleLimit, $"{pushes} pushes to {probe}", () =>
                    string.Join(" ; ", probe.Frames));
            if (probe.Connection.Closed is null)
            {
                await probe.Connection.ExpectAsync('+', "PING");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var probe in _probes)
        {
            await probe.Connection.DisposeAsync();
        }
    }
}
