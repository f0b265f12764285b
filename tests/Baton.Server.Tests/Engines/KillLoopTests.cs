using System.Diagnostics;
using System.Globalization;
using System.Net;
using Baton.Server.Engines;
using Baton.Server.Engines.RedisProcess;
using Baton.Server.Engines.Wire;
using Xunit;

namespace Baton.Server.Tests.Engines;

/// <summary>
/// An engine that logs every write is killed again and again, after random numbers of acknowledged writes, and while it recovers: what was acknowledged is
/// there each time. <c>BATON_TEST_KILLS=300</c> runs more rounds, <c>BATON_TEST_SEED</c> repeats a run.
/// </summary>
[Trait("Promise", "kept")]
public sealed class KillLoopTests
{
    private const int Rounds = 6;
    private const int Counters = 4;
    private const int MostWrites = 120;
    private static readonly TimeSpan RoundLimit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(EngineKind.Garnet)]
    [InlineData(EngineKind.Redis)]
    public async Task nothing_acknowledged_is_lost_by_any_number_of_kills(EngineKind kind)
    {
        EngineLab.Require(kind);
        int rounds = Number("BATON_TEST_KILLS", Rounds);
        int seed = Number("BATON_TEST_SEED", Environment.ProcessId);
        TestContext.Current.TestOutputHelper?.WriteLine($"BATON_TEST_SEED={seed}");
        Random random = new(seed);
        long[] acknowledged = new long[Counters];
        await using EngineLab lab = new();
        for (int round = 0; round < rounds; round++)
        {
            using CancellationTokenSource limit = new(RoundLimit);
            if (round > 0 && kind == EngineKind.Garnet && OperatingSystem.IsLinux() && random.Next(3) == 0)
            {
                await EngineHostProcess.KillInRecoveryAsync(kind, lab.Root, limit.Token);
            }

            (Process host, IPEndPoint address, _) = await EngineHostProcess.StartAsync(
                kind, ParentBoundLauncher.BestBond, lab.Root, limit.Token, recover: round > 0);
            using (host)
            {
                await CheckAsync(address, acknowledged, $"seed {seed}, round {round}", limit.Token);
                await CountUntilKilledAsync(host, address, acknowledged, random.Next(1, MostWrites), flush: random.Next(4) == 0, limit.Token);
            }
        }
    }

    // A write without an answer may have been executed; it counts from here on.
    private static async Task CheckAsync(IPEndPoint address, long[] acknowledged, string when, CancellationToken cancellationToken)
    {
        await using RespConnection client = await ConnectAsync(address, cancellationToken);
        for (int i = 0; i < Counters; i++)
        {
            RespReply reply = await client.CallAsync(["GET", $"counter:{i}"], cancellationToken);
            long value = reply.Bytes is null ? 0 : reply.Integer ?? -1;
            Assert.True(value >= acknowledged[i] && value <= acknowledged[i] + 1, $"{when}: counter {i}: acknowledged {acknowledged[i]}, there is {value}");
            acknowledged[i] = value;
        }
    }

    private static async Task CountUntilKilledAsync(
        Process host, IPEndPoint address, long[] acknowledged, int writes, bool flush, CancellationToken cancellationToken)
    {
        RespConnection[] clients = await Task.WhenAll(Enumerable.Range(0, Counters).Select(_ => ConnectAsync(address, cancellationToken)));
        if (flush)
        {
            await clients[0].DemandAsync(["FLUSHALL"], cancellationToken);
            Array.Clear(acknowledged);
        }

        int all = 0;
        Task[] counting = [.. clients.Select((client, i) => Task.Run(
            async () =>
            {
                while (true)
                {
                    acknowledged[i] = (await client.DemandAsync(["INCR", $"counter:{i}"], cancellationToken)).Integer!.Value;
                    Interlocked.Increment(ref all);
                }
            },
            cancellationToken))];
        await MoveLab.UntilAsync(() => Task.FromResult(Volatile.Read(ref all) >= writes), cancellationToken);
        host.Kill();
        await host.WaitForExitAsync(cancellationToken);
        foreach (Task count in counting)
        {
            await Assert.ThrowsAsync<EngineException>(() => count);
        }

        foreach (RespConnection client in clients)
        {
            await client.DisposeAsync();
        }
    }

    private static Task<RespConnection> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken) => RespConnection.ConnectAsync(
        address, EngineHostProcess.Spec("", false).Secret, TimeSpan.FromSeconds(30), TimeProvider.System, cancellationToken);

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
