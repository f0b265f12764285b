using Baton.Cli.Bench.Reports;

namespace Baton.Cli.Bench.Clients;

/// <summary>Medians over the rounds; ratios are medians of the ratios within each round.</summary>
/// <param name="Client">The library.</param>
/// <param name="Test">Of <see cref="ClientTest"/>.</param>
/// <param name="Callers">Callers at the same time.</param>
/// <param name="OpsPerSecond">Commands per second.</param>
/// <param name="CpuMicros">CPU of the client's process per command.</param>
/// <param name="BytesPerCommand">Managed bytes allocated per command.</param>
/// <param name="P50Ms">Median latency.</param>
/// <param name="P99Ms">99th percentile.</param>
/// <param name="OpsRatio">Commands per second, divided by StackExchange.Redis'; null when that cannot do it.</param>
/// <param name="OpsRatioNoise">How far the rounds' ratios are from their median, in the median.</param>
/// <param name="CpuRatio">CPU per command, divided by StackExchange.Redis'; null when that cannot do it.</param>
internal sealed record ClientBenchSummary(
    string Client, string Test, int Callers, double OpsPerSecond, double CpuMicros, double BytesPerCommand, double P50Ms, double P99Ms,
    double? OpsRatio, double? OpsRatioNoise, double? CpuRatio)
{
    /// <summary>Makes the rows of all legs.</summary>
    public static List<ClientBenchSummary> Of(IReadOnlyList<ClientBenchLeg> legs)
    {
        var peers = legs.Where(static leg => leg.Client == ClientBench.StackExchange)
            .ToDictionary(static leg => (leg.Round, leg.Test, leg.Callers), static leg => leg.Figures);
        return
        [.. from leg in legs
            group leg by (leg.Test, leg.Callers, leg.Client) into rounds
            orderby ClientTest.All.ToList().IndexOf(rounds.Key.Test), rounds.Key.Callers, rounds.Key.Client
            select Row(rounds.Key.Client, rounds.Key.Test, rounds.Key.Callers, [.. rounds])];

        ClientBenchSummary Row(string client, string test, int callers, ClientBenchLeg[] rounds)
        {
            var pairs = rounds.Where(leg => peers.ContainsKey((leg.Round, test, callers)))
                .Select(leg => (Own: leg.Figures, Peer: peers[(leg.Round, test, callers)])).ToArray();
            double[] ratios = [.. pairs.Select(static pair => pair.Own.OpsPerSecond / pair.Peer.OpsPerSecond)];
            return new ClientBenchSummary(
                client, test, callers,
                Median.Of(rounds.Select(static leg => leg.Figures.OpsPerSecond)),
                Median.Of(rounds.Select(static leg => leg.Figures.CpuMicros)),
                Median.Of(rounds.Select(static leg => leg.Figures.BytesPerCommand)),
                Median.Of(rounds.Select(static leg => leg.Figures.P50Ms)),
                Median.Of(rounds.Select(static leg => leg.Figures.P99Ms)),
                pairs.Length == 0 ? null : Median.Of(ratios),
                pairs.Length == 0 ? null : Median.DeviationOf(ratios),
                pairs.Length == 0 ? null : Median.Of(pairs.Select(static pair => pair.Own.CpuMicros / pair.Peer.CpuMicros)));
        }
    }
}
