using System.CommandLine;
using Baton.Cli.Bench.Clients;
using Baton.Cli.Bench.Handoff;
using Baton.Cli.Bench.Hold;
using Baton.Cli.Bench.Proxy;

namespace Baton.Cli.Bench;

/// <summary><c>baton bench</c>: measures Baton beside what it is compared with, in one run on this machine.</summary>
internal static class BenchCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new("bench", "Measure Baton beside what it is compared with.")
    {
        ProxyBenchCommand.Create(),
        ClientBenchCommand.Create(),
        ClientBenchCommand.CreateWorker(),
        HandoffBenchCommand.Create(),
        HoldBenchCommand.Create(),
    };
}
