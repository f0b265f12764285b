using System.Text.Json;
using Baton.Cli.Bench.Processes;

namespace Baton.Cli.Bench.Clients;

/// <summary>
/// <c>baton bench client</c>. Each client has a process of its own and takes its turn within a round; each round begins with another one, so that
/// what else the machine does meets all of them alike. Ratios are made within a round, and their median is taken.
/// </summary>
internal sealed class ClientBench(ClientBenchOptions options, IReadOnlyList<ClientProcess> clients, TextWriter people)
{
    /// <summary>Baton's own client.</summary>
    public const string Baton = "Baton.Client";

    /// <summary>What it is compared with.</summary>
    public const string StackExchange = "StackExchange.Redis";

    /// <summary>The hidden verb that is one client's process.</summary>
    public const string WorkerVerb = "client-worker";

    private const double LongestWarmUp = 0.5;

    /// <exception cref="BenchException">A tool is missing, or something did not come up or failed.</exception>
    public static async Task<ClientBenchReport> RunAsync(ClientBenchOptions options, TextWriter people, CancellationToken cancellationToken)
    {
        await BenchTools.EnsureAsync(["redis-server"], people, cancellationToken).ConfigureAwait(false);
        await using var server = await PlainRedis.StartAsync().ConfigureAwait(false);
        var clients = new List<ClientProcess>();
        try
        {
            foreach (var name in ClientWorker.Clients)
            {
                clients.Add(await ClientProcess.StartAsync(name, server.Address, cancellationToken).ConfigureAwait(false));
            }

            var legs = await new ClientBench(options, clients, people).RunAsync(cancellationToken).ConfigureAwait(false);
            return await ClientBenchReport.MakeAsync(options, legs, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<List<ClientBenchLeg>> RunAsync(CancellationToken cancellationToken)
    {
        // Long enough that the JIT has compiled the loops for good.
        await people.WriteLineAsync("warming up").ConfigureAwait(false);
        foreach (var (test, callers) in Cases())
        {
            foreach (var client in clients.Where(client => client.Tests.Contains(test)))
            {
                _ = await client.MeasureAsync(Order(test, callers, Math.Min(options.SecondsPerLeg, LongestWarmUp)), cancellationToken).ConfigureAwait(false);
            }
        }

        var legs = new List<ClientBenchLeg>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            await people.WriteLineAsync($"round {round} of {options.Rounds}").ConfigureAwait(false);
            foreach (var (test, callers) in Cases())
            {
                for (var i = 0; i < clients.Count; i++)
                {
                    var client = clients[(round + i) % clients.Count];
                    if (client.Tests.Contains(test))
                    {
                        var figures = await client.MeasureAsync(Order(test, callers, options.SecondsPerLeg), cancellationToken).ConfigureAwait(false);
                        legs.Add(new ClientBenchLeg(round, client.Name, test, callers, figures));
                    }
                }
            }
        }

        return legs;
    }

    private IEnumerable<(string Test, int Callers)> Cases() =>
        from test in ClientTest.All from callers in options.Callers select (test, callers);

    private static string Order(string test, int callers, double seconds) => JsonSerializer.Serialize(new LegOrder(test, callers, seconds));
}
