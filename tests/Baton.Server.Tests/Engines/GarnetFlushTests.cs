using Baton.Server.Engines;
using Baton.Server.Engines.Wire;
using Xunit;

namespace Baton.Server.Tests.Engines;

/// <summary>FLUSHALL and FLUSHDB leave the log in the middle of a sector that is in no file; what is written to it next must go on.</summary>
public sealed class GarnetFlushTests
{
    [Theory]
    [InlineData(PersistenceMode.None)]
    [InlineData(PersistenceMode.Always)]
    public async Task a_flush_after_a_flush_and_a_full_page_is_answered(PersistenceMode persistence)
    {
        await using EngineLab lab = new();
        IShardEngine engine = await StartAsync(lab, persistence);
        await using RespConnection client = await lab.ConnectAsync(engine);
        for (int i = 0; i < 50; i++)
        {
            await client.DemandAsync(["SET", $"small:{i}", new string('x', 50)], lab.Token);
        }

        await client.DemandAsync(["FLUSHALL"], lab.Token);
        await client.DemandAsync(["SET", "large", new string('x', 900_000)], lab.Token);
        for (int i = 0; i < 6; i++)
        {
            await client.DemandAsync(["SET", $"medium:{i}", new string('x', 200_000)], lab.Token);
        }

        await client.DemandAsync(["FLUSHDB"], lab.Token);
        Assert.Equal(0, (await client.CallAsync(["DBSIZE"], lab.Token)).Integer);
        await client.DemandAsync(["SET", "key", "value"], lab.Token);
        Assert.Equal("value", (await client.CallAsync(["GET", "key"], lab.Token)).Text);
    }

    [Fact]
    public async Task flushes_beside_clients_that_write_much_are_answered_and_so_are_the_clients()
    {
        const int Flushes = 60;
        await using EngineLab lab = new();
        IShardEngine engine = await StartAsync(lab, PersistenceMode.None);
        using CancellationTokenSource over = new();
        Task<int>[] writers = [.. Enumerable.Range(0, 8).Select(number => WriteAsync(lab, engine, number, over.Token))];
        await using RespConnection client = await lab.ConnectAsync(engine);
        for (int i = 0; i < Flushes; i++)
        {
            await client.DemandAsync([i % 2 == 0 ? "FLUSHALL" : "FLUSHDB"], lab.Token);
        }

        await over.CancelAsync();
        Assert.All(await Task.WhenAll(writers).WaitAsync(lab.Token), written => Assert.NotEqual(0, written));
    }

    private static async Task<int> WriteAsync(EngineLab lab, IShardEngine engine, int number, CancellationToken over)
    {
        await using RespConnection connection = await lab.ConnectAsync(engine);
        string value = new('x', number % 2 == 0 ? 150_000 : 1000);
        int written = 0;
        do
        {
            await connection.DemandAsync(["SET", $"{number}:{written % 7}", value], lab.Token);
            written++;
        }
        while (!over.IsCancellationRequested);
        return written;
    }

    private static Task<IShardEngine> StartAsync(EngineLab lab, PersistenceMode persistence) =>
        lab.StartAsync(EngineKind.Garnet, lab.Spec(persistence) with { Settings = new ShardSettings(100 << 20, "noeviction") });
}
