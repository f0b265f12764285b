using System.Runtime.CompilerServices;
using Baton.Server.Engines;
using Baton.Server.Engines.Wire;
using Xunit;

namespace Baton.Server.Tests.Engines;

public sealed class GarnetMemoryTests
{
    private const int Starts = 6;
    private const long MostPerInstance = 96L << 20;

    [Fact]
    public async Task an_instance_takes_tens_of_megabytes_and_nothing_of_it_outlives_its_end()
    {
        await using EngineLab lab = new();
        WeakReference[] ended = new WeakReference[Starts];
        await StartAndStopAsync(lab); // whatever is there once per process
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < Starts; i++)
        {
            ended[i] = await StartAndStopAsync(lab);
        }

        long each = (GC.GetTotalAllocatedBytes(precise: true) - before) / Starts;

        Assert.InRange(each, 1, MostPerInstance);
        await MoveLab.UntilAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Task.FromResult(ended.All(instance => !instance.IsAlive));
            },
            lab.Token);
    }

    [Fact]
    public async Task connections_that_are_first_in_a_numbered_database_together_lose_nothing()
    {
        const int Connections = 8;
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(EngineKind.Garnet, Spec(lab));
        RespConnection[] clients = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => lab.ConnectAsync(engine)));
        for (int database = 1; database < engine.Capabilities.DatabaseCount; database++)
        {
            string number = $"{database}";
            await Task.WhenAll(clients.Select((client, i) => Task.Run(async () =>
            {
                await client.DemandAsync(["SELECT", number], lab.Token);
                await client.DemandAsync(["SET", $"key:{i}", number], lab.Token);
            })));
            Assert.Equal(Connections, (await clients[0].CallAsync(["DBSIZE"], lab.Token)).Integer);
        }

        foreach (RespConnection client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> StartAndStopAsync(EngineLab lab)
    {
        IShardEngine engine = await (await EngineLab.FactoryAsync(EngineKind.Garnet)).StartAsync(Spec(lab), lab.Token);
        await using (RespConnection client = await lab.ConnectAsync(engine))
        {
            await client.DemandAsync(["SET", "key", "value"], lab.Token);
        }

        await engine.StopAsync(lab.Token);
        return new WeakReference(engine);
    }

    private static ShardSpec Spec(EngineLab lab) => lab.Spec(PersistenceMode.EverySecond) with { Settings = new ShardSettings(100 << 20, "noeviction") };
}
