using Baton.Client.Tests.Kit;
using Xunit;

namespace Baton.Client.Tests.Simulation;

/// <summary>Many seeds of <see cref="ClientSimulation"/>. A failure names its seed; <c>BATON_SEED=n</c> runs that one again.</summary>
[Collection(VirtualTime.Name)]
public sealed class ClientSimulationTests
{
    private const int Seeds = 40;

    [Fact]
    public Task No_command_runs_twice_is_answered_wrongly_or_waits_beyond_its_limit() => RunAsync(losesNothing: false);

    [Fact]
    public Task Planned_maintenance_fails_nobody() => RunAsync(losesNothing: true);

    private static async Task RunAsync(bool losesNothing)
    {
        var chosen = Environment.GetEnvironmentVariable("BATON_SEED");
        var first = chosen is null ? 1 : int.Parse(chosen);
        for (var seed = first; seed < first + (chosen is null ? Seeds : 1); seed++)
        {
            await new ClientSimulation(seed, losesNothing).RunAsync();
        }
    }
}
