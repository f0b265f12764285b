using System.Net;
using System.Text.Json;

namespace Baton.Cli.Bench.Clients;

/// <summary>
/// The process of one client: connects once, then measures the legs it is asked for on standard input, until that ends. A process of its own keeps
/// one client's CPU, garbage and threads out of another's figures.
/// </summary>
internal static class ClientWorker
{
    /// <summary>The libraries.</summary>
    public static readonly IReadOnlyList<string> Clients = [ClientBench.Baton, ClientBench.StackExchange];

    /// <summary>Runs until standard input ends.</summary>
    public static async Task<int> RunAsync(string client, IPEndPoint address, CancellationToken cancellationToken)
    {
        try
        {
            IMeasuredClient measured = client == ClientBench.Baton
                ? await MeasuredBatonClient.ConnectAsync(address, cancellationToken).ConfigureAwait(false)
                : await MeasuredStackExchangeClient.ConnectAsync(address).ConfigureAwait(false);
            await using var owned = measured.ConfigureAwait(false);
            var meter = new LegMeter(measured, TimeProvider.System);
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(measured.Tests)).ConfigureAwait(false);
            while (await Console.In.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                var figures = await meter.MeasureAsync(JsonSerializer.Deserialize<LegOrder>(line)!, cancellationToken).ConfigureAwait(false);
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(figures)).ConfigureAwait(false);
            }

            return ExitCode.Ok;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{client}: {e}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }
}
