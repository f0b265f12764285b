using Baton.Cli.Bench.Processes;

namespace Baton.Cli.Bench.Hold;

/// <summary>
/// <c>baton bench hold</c>. Engines and cases take turns within a round, so that what else the machine does meets all of them alike.
/// </summary>
internal static class HoldBench
{
    /// <exception cref="BenchException">A tool is missing, or something did not come up or failed.</exception>
    public static async Task<HoldBenchReport> RunAsync(HoldBenchOptions options, TextWriter people, CancellationToken cancellationToken)
    {
        if (options.Cases.Count == 0)
        {
            throw new BenchException("--cases names none of: nothing, scripts, watches, subscribers, blocked");
        }

        await BenchTools.EnsureAsync(["redis-server"], people, cancellationToken).ConfigureAwait(false);
        var clusters = new List<HoldCluster>();
        var load = options.DiskLoad > 0 ? DiskLoad.Start(options.DiskLoad) : null;
        try
        {
            foreach (var engine in options.Engines)
            {
                var cluster = await HoldCluster.StartAsync(engine, cancellationToken).ConfigureAwait(false);
                clusters.Add(cluster);
                await cluster.MoveAsync(cancellationToken).ConfigureAwait(false);
            }

            var moves = new List<HoldBenchMove>();
            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var what in options.Cases)
                {
                    foreach (var cluster in clusters)
                    {
                        moves.Add(await MeasureAsync(cluster, what, round, options, cancellationToken).ConfigureAwait(false));
                        await people.WriteLineAsync(moves[^1].Line).ConfigureAwait(false);
                    }
                }
            }

            return await HoldBenchReport.MakeAsync(options, moves, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var cluster in clusters)
            {
                await cluster.DisposeAsync().ConfigureAwait(false);
            }

            if (load is not null)
            {
                await load.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task<HoldBenchMove> MeasureAsync(
        HoldCluster cluster, HoldCase what, int round, HoldBenchOptions options, CancellationToken cancellationToken)
    {
        var count = what.Fitting(options.Count, cluster.Engine);
        var clients = await HoldClients.StartAsync(cluster.Address, what, count, cancellationToken).ConfigureAwait(false);
        await using (clients.ConfigureAwait(false))
        {
            var (hold, whole) = await cluster.MoveAsync(cancellationToken).ConfigureAwait(false);
            return new HoldBenchMove(round, cluster.Engine, what.Name, what.Command is null ? 0 : options.Count, count, hold, whole);
        }
    }
}
