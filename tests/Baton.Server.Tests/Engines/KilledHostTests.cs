using System.Diagnostics;
using Baton.Server.Engines;
using Baton.Server.Engines.RedisProcess;
using Baton.Server.Engines.Wire;
using Xunit;

namespace Baton.Server.Tests.Engines;

/// <summary>kill -9 of the process that hosts the engines.</summary>
[Trait("Promise", "kept")]
public sealed class KilledHostTests
{
    [Theory]
    [InlineData(nameof(ParentBond.DeathSignal))]
    [InlineData(nameof(ParentBond.Watchdog))]
    public async Task no_redis_server_outlives_its_host(string bondName)
    {
        EngineLab.Require(EngineKind.Redis);
        ParentBond bond = Enum.Parse<ParentBond>(bondName);
        Assert.SkipWhen(bond == ParentBond.DeathSignal && ParentBoundLauncher.BestBond != bond, "no setpriv and setsid on PATH");
        await using EngineLab lab = new();
        (Process host, var address, int child) = await EngineHostProcess.StartAsync(EngineKind.Redis, bond, lab.Root, lab.Token);
        using (host)
        {
            await using RespConnection client = await ConnectAsync(lab, address);
            Assert.Equal("PONG", (await client.CallAsync(["PING"], lab.Token)).Text);
            Assert.True(IsRunning(child));

            host.Kill(); // SIGKILL, and only the host

            await host.WaitForExitAsync(lab.Token);
            await MoveLab.UntilAsync(() => Task.FromResult(!IsRunning(child)), lab.Token);
            await Assert.ThrowsAsync<EngineException>(() => ConnectAsync(lab, address));
        }
    }

    [Theory]
    [InlineData(EngineKind.Redis)]
    [InlineData(EngineKind.Garnet)]
    public async Task what_was_acknowledged_with_always_is_there_afterwards(EngineKind kind)
    {
        EngineLab.Require(kind);
        await using EngineLab lab = new();
        (Process host, var address, _) = await EngineHostProcess.StartAsync(kind, ParentBoundLauncher.BestBond, lab.Root, lab.Token);
        long acknowledged = 0;
        using (host)
        {
            await using RespConnection client = await ConnectAsync(lab, address);
            Task writer = Task.Run(async () =>
            {
                while (true)
                {
                    RespBatch batch = new RespBatch()
                        .Add("INCR", "counter").Add("RPUSH", "list", $"{acknowledged}").Add("SET", $"key:{acknowledged}", "x");
                    await client.SendAsync(batch, lab.Token);
                    Interlocked.Increment(ref acknowledged);
                }
            });
            await MoveLab.UntilAsync(() => Task.FromResult(writer.IsCompleted || Interlocked.Read(ref acknowledged) >= 200), lab.Token);
            host.Kill();
            await Assert.ThrowsAsync<EngineException>(() => writer);
            await host.WaitForExitAsync(lab.Token);
        }

        IShardEngine again = await RestartAsync(lab, kind);
        await using RespConnection reader = await lab.ConnectAsync(again);
        Assert.True(acknowledged >= 200);
        Assert.InRange((await reader.CallAsync(["GET", "counter"], lab.Token)).Integer ?? 0, acknowledged, acknowledged + 1);
        RespReply list = await reader.DemandAsync(["LRANGE", "list", "0", "-1"], lab.Token);
        int count = (int)acknowledged;
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i}"), list.Items!.Take(count).Select(item => item.Text));
        for (int i = 0; i < acknowledged; i++)
        {
            Assert.Equal("x", (await reader.CallAsync(["GET", $"key:{i}"], lab.Token)).Text);
        }
    }

    // The old program may need a moment to let go of its files.
    private static Task<IShardEngine> RestartAsync(EngineLab lab, EngineKind kind) =>
        lab.StartAsync(kind, EngineHostProcess.Spec(lab.Root, recover: true));

    private static Task<RespConnection> ConnectAsync(EngineLab lab, System.Net.IPEndPoint address) => RespConnection.ConnectAsync(
        address, EngineHostProcess.Spec(lab.Root, false).Secret, TimeSpan.FromSeconds(30), TimeProvider.System, lab.Token);

    private static bool IsRunning(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            string state = File.ReadAllText($"/proc/{processId}/stat");
            return !state.Contains(") Z ", StringComparison.Ordinal); // a zombie has ended; whoever inherited it will collect it
        }
        catch (Exception exception) when (exception is ArgumentException or IOException)
        {
            return false;
        }
    }
}
