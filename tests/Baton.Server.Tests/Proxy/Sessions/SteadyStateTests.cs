using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

public sealed class SteadyStateTests
{
    private const int MostRounds = 50;
    private const int Commands = 2_000;

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void Get_and_set_on_one_shard_allocate_nothing(int pipeline)
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        Run(world, client, Commands, pipeline);

        long least = long.MaxValue;
        for (int round = 0; round < MostRounds && least > Commands; round++)
        {
            long before = world.Driver.AllocatedByProxy;
            Run(world, client, Commands, pipeline);
            least = Math.Min(least, world.Driver.AllocatedByProxy - before);
        }

        // What each command costs is in every round; a collection in between, which other tests cause, is not in the least of them.
        Assert.InRange(least, 0, Commands);
    }

    private static void Run(ProxyWorld world, MemoryClient client, int commands, int pipeline)
    {
        for (int done = 0; done < commands; done += pipeline)
        {
            for (int i = 0; i < pipeline; i++)
            {
                _ = i % 2 == 0 ? client.Send("SET", "key", "value") : client.Send("GET", "key");
            }

            Assert.Equal(pipeline, client.Next(pipeline).Length);
        }
    }
}
