using System.Globalization;
using Baton.Cluster.Model;

namespace Baton.Cluster.Tests.Simulation;

/// <summary>
/// Random histories from printed seeds. To replay one, put the seed into <c>BATON_SIM_SEED</c>; for more of them, a number into
/// <c>BATON_SIM_RUNS</c>.
/// </summary>
public sealed class ClusterSimulationTests
{
    private const int Runs = 200;
    private const int StepsPerRun = 400;
    private const int StepsToRest = 5000;

    [Fact]
    public void Every_history_comes_to_rest_with_all_operations_completed_or_rolled_back()
    {
        int? wanted = NumberOf("BATON_SIM_SEED");
        IEnumerable<int> seeds = wanted is null ? Enumerable.Range(1, NumberOf("BATON_SIM_RUNS") ?? Runs) : [wanted.Value];
        HashSet<string> seen = [];
        foreach (int seed in seeds)
        {
            try
            {
                seen.UnionWith(RunOne(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }

        // The histories are worth something only if they reach every operation in both outcomes (a delete only goes forward).
        string[] reached = ["create Completed", "create Failed", "delete Completed", "migrate Completed", "migrate Failed",
            "failover Completed", "failover Failed", "unplanned-failover Completed",
            "unplanned-failover Failed", "bind Completed", "bind Failed"];
        Assert.True(wanted is not null || reached.All(seen.Contains), $"not reached: {string.Join(", ", reached.Except(seen))}");
    }

    private static int? NumberOf(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static IEnumerable<string> RunOne(int seed)
    {
        Random random = new(seed);
        SimulatedWorld world = new(seed, nodes: 3 + random.Next(3)) { FaultPercent = random.Next(3) * 8 };
        RandomRequests requests = new(random);
        ClusterState before = world.State;
        for (int step = 0; step < StepsPerRun; step++)
        {
            switch (random.Next(100))
            {
                case < 6:
                    requests.Send(world);
                    break;
                case 6:
                    world.Crash();
                    break;
                case 7:
                    world.KillSomeInstance();
                    break;
                default:
                    world.Advance();
                    break;
            }

            Invariants.HoldAlways(before, world.State);
            before = world.State;
        }

        ComeToRest(world);
        return world.State.Operations.Values.Select(o => $"{o.Name} {o.Status}");
    }

    private static void ComeToRest(SimulatedWorld world)
    {
        world.FaultPercent = 0;
        int steps = 0;
        ClusterState before = world.State;
        while (world.Advance())
        {
            Invariants.HoldAlways(before, world.State);
            before = world.State;
            Assert.True(++steps < StepsToRest, "it does not come to rest");
        }

        Invariants.HoldAtRest(world);
        Invariants.HoldForAnnouncements(world.Announced);
        Invariants.HoldForPromotions(world);
    }
}
