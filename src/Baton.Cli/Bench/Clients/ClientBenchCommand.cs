using System.CommandLine;
using System.Net;

namespace Baton.Cli.Bench.Clients;

/// <summary><c>baton bench client</c>, and the process it starts for each client.</summary>
internal static class ClientBenchCommand
{
    private static readonly Option<int> Rounds = BenchRun.Rounds(5);
    private static readonly Option<double> Seconds = BenchRun.Seconds(2, "How long each of a round's 20 legs is measured.");
    private static readonly Option<string?> Json = BenchRun.Json();
    private static readonly Argument<string> Client = new("client");
    private static readonly Argument<string> Address = new("address");

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var client = new Command(
            "client", "Baton.Client beside StackExchange.Redis, one connection each: operations, CPU and bytes allocated per command.")
        {
            Rounds, Seconds, Json,
        };
        client.SetAction(static (parsed, cancellationToken) =>
        {
            var options = new ClientBenchOptions { Rounds = parsed.GetValue(Rounds), SecondsPerLeg = parsed.GetValue(Seconds) };
            return BenchRun.RunAsync(
                parsed.GetValue(Json), people => ClientBench.RunAsync(options, people, cancellationToken), cancellationToken);
        });
        return client;
    }

    /// <summary>The verb of the processes.</summary>
    public static Command CreateWorker()
    {
        var worker = new Command(ClientBench.WorkerVerb, "One client of baton bench client.") { Client, Address };
        worker.Hidden = true;
        worker.SetAction(static (parsed, cancellationToken) => ClientWorker.RunAsync(
            parsed.GetRequiredValue(Client), IPEndPoint.Parse(parsed.GetRequiredValue(Address)), cancellationToken));
        return worker;
    }
}
