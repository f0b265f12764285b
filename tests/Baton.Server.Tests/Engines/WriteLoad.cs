using System.Globalization;
using System.Text;
using Baton.Server.Engines;
using Baton.Server.Engines.Wire;
using Xunit;

namespace Baton.Server.Tests.Engines;

/// <summary>
/// Writers that go through a gate to wherever the shard serves, and remember what was acknowledged. Each writer owns its keys, so that
/// what must be there afterwards is exact.
/// </summary>
internal sealed class WriteLoad(EngineLab lab, WriteGate gate, IShardEngine first) : IAsyncDisposable
{
    private const int Writers = 4;

    private readonly CancellationTokenSource _stop = new();
    private readonly long[] _acknowledged = new long[Writers];
    private Task _running = Task.CompletedTask;
    private volatile IShardEngine _serving = first;

    /// <summary>Acknowledged rounds of all writers.</summary>
    public long Rounds => _acknowledged.Sum();

    public void Start() => _running = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(writer))));

    /// <summary>From now on (the gate being closed) writes go to another engine.</summary>
    public void SwitchTo(IShardEngine engine) => _serving = engine;

    /// <summary>Completes when every writer has done some more rounds.</summary>
    public async Task AdvanceAsync(int rounds)
    {
        long[] goals = [.. _acknowledged.Select(count => count + rounds)];
        while (!_running.IsCompleted && _acknowledged.Zip(goals).Any(pair => pair.First < pair.Second))
        {
            lab.Token.ThrowIfCancellationRequested();
            await Task.Delay(1);
        }
    }

    /// <summary>Stops the writers; fails when a write failed.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(EngineLab.Patience);
    }

    /// <summary>Everything acknowledged is on <paramref name="engine"/>, once and in order.</summary>
    public async Task AssertAllOnAsync(IShardEngine engine)
    {
        await using RespConnection connection = await lab.ConnectAsync(engine);
        for (int writer = 0; writer < Writers; writer++)
        {
            long rounds = _acknowledged[writer];
            await connection.DemandAsync(["SELECT", Text(writer % 2)], lab.Token);
            string[] expected = [.. Enumerable.Range(0, (int)rounds).Select(i => Text(i))];
            RespReply list = await connection.DemandAsync(["LRANGE", $"list:{writer}", "0", "-1"], lab.Token);
            Assert.Equal(expected, list.Items!.Select(item => item.Text));
            Assert.Equal(rounds, (await connection.CallAsync(["GET", $"counter:{writer}"], lab.Token)).Integer);
            Assert.Equal(Math.Min(rounds, 100), (await connection.CallAsync(["HLEN", $"hash:{writer}"], lab.Token)).Integer);
            Assert.Equal(rounds, (await connection.CallAsync(["ZCARD", $"zset:{writer}"], lab.Token)).Integer);
            string flag = (await connection.CallAsync(["GET", $"flag:{writer}"], lab.Token)).Text;
            Assert.Equal(rounds % 2 == 1 ? Text(rounds - 1) : "", flag);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        gate.Open();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
    }

    private async Task WriteAsync(int writer)
    {
        RespConnection? connection = null;
        IShardEngine? connectedTo = null;
        try
        {
            for (long round = 0; !_stop.IsCancellationRequested; round++)
            {
                foreach (string[] command in Commands(writer, round))
                {
                    byte[] key = Encoding.UTF8.GetBytes(command[1]);
                    RespReply reply = await gate.WriteAsync(writer % 2, key, command[0], async () =>
                    {
                        if (connectedTo != _serving)
                        {
                            connectedTo = _serving;
                            connection = await lab.ConnectAsync(connectedTo);
                            await connection.DemandAsync(["SELECT", Text(writer % 2)], lab.Token);
                        }

                        return await connection!.CallAsync(command, lab.Token);
                    });
                    Assert.False(reply.IsError, $"{command[0]}: {reply.Text}");
                    if (command[0] == "INCR")
                    {
                        Assert.Equal(round + 1, reply.Integer); // a counter never goes back
                    }
                }

                _acknowledged[writer] = round + 1;
            }
        }
        finally
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private static IEnumerable<string[]> Commands(int writer, long round) =>
    [
        ["INCR", $"counter:{writer}"],
        ["RPUSH", $"list:{writer}", Text(round)],
        ["HSET", $"hash:{writer}", Text(round % 100), Text(round)],
        ["ZADD", $"zset:{writer}", Text(round), Text(round)],
        round % 2 == 0 ? ["SET", $"flag:{writer}", Text(round)] : ["DEL", $"flag:{writer}"],
    ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
