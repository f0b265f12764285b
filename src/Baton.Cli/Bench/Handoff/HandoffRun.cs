using System.Globalization;
using System.Net;
using Baton.Cli.Bench.Handoff.Clients;
using Baton.Cli.Bench.Handoff.Load;
using Baton.Cli.Bench.Handoff.Relay;
using Baton.Cli.Bench.Handoff.Rows;

namespace Baton.Cli.Bench.Handoff;

/// <summary>One row with one client: relays, load, quiet time, the row itself, what came of it.</summary>
/// <param name="row">The row.</param>
/// <param name="kind">The client.</param>
/// <param name="server">The redis-server.</param>
/// <param name="number">Of the run: no other has it.</param>
/// <param name="time">Clock.</param>
internal sealed class HandoffRun(HandoffRow row, HandoffClientKind kind, IPEndPoint server, int number, TimeProvider time)
{
    private const int BatchSize = 20;
    private const int LongestText = 200;
    private const string Read = "read";
    private const string Write = "write";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(10);

    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"handoff:{number}:");
    private long _acknowledged;
    private long _aborted;

    /// <summary>Plays it. Whatever goes wrong with the row itself is in the result.</summary>
    public async Task<HandoffResult> RunAsync()
    {
        await using var a = new HandoffRelay(server, "127.0.0.1", time);
        await using var b = new HandoffRelay(server, "127.0.0.2", time);
        await using var c = new HandoffRelay(server, "127.0.0.3", time);
        a.Settings = b.Settings = c.Settings = new RelaySettings
        {
            RoundTrip = TimeSpan.FromMilliseconds(row.RoundTripMs),
            AcceptsOptIn = !row.RefusesOptIn,
        };
        try
        {
            var order = new ConnectOrder(row.ConnectsByName ? "localhost" : $"{a.Address.Address}", a.Address.Port)
            {
                Timeout = row.Timeout,
                WaitsForEnd = row.WaitsForEnd,
                Map = row.UsesTunnel ? endpoint => endpoint.Equals(MovingRows.BehindTunnel) ? b.Address : endpoint : null,
            };
            await using var client = await kind.ConnectAsync(order).ConfigureAwait(false);
            using var load = new CallerLoad(time, row.Rests ? Rest : TimeSpan.Zero);
            var stage = new HandoffStage(kind, client, order, server, load, _prefix, time) { A = a, B = b, C = c };
            return await PlayAsync(stage).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A library may throw anything; a row that could not be played is a result too.
            return new HandoffResult(row.Id, kind.Name) { NotPlayedBecause = Text(e) };
        }
    }

    private async Task<HandoffResult> PlayAsync(HandoffStage stage)
    {
        Start(stage);
        using var stalls = new StallWatch(time);
        await Task.Delay(WarmUp, time).ConfigureAwait(false);
        var quiet = time.GetTimestamp();
        await Task.Delay(Quiet, time).ConfigureAwait(false);
        var begin = time.GetTimestamp();
        _ = stalls.TakeLongestMs();
        await row.ActAsync(stage).ConfigureAwait(false);
        var end = time.GetTimestamp();
        var stall = stalls.TakeLongestMs();
        await stage.Load.StopAsync().ConfigureAwait(false);
        return await ResultAsync(stage, quiet, begin, end, stall).ConfigureAwait(false);
    }

    private void Start(HandoffStage stage)
    {
        var (client, key) = (stage.Client, CounterKey(0));
        switch (row.Load)
        {
            case LoadKind.Reads:
                stage.Load.Start(Read, row.Callers, _ => client.ReadAsync(key));
                break;
            case LoadKind.ReadsAndIncrements:
                stage.Load.Start(Read, row.Callers / 2, _ => client.ReadAsync(key));
                stage.Load.Start(Write, row.Callers - (row.Callers / 2), _ => CountedAsync(client.IncrementAsync(key), 1));
                break;
            case LoadKind.Transactions:
                stage.Load.Start(Write, row.Callers, caller => RaiseAsync(client, caller));
                break;
            case LoadKind.Batches:
                stage.Load.Start(Write, row.Callers, _ => CountedAsync(client.IncrementManyAsync(key, BatchSize), BatchSize));
                break;
            default:
                stage.Load.Start(Write, row.Callers, _ => CountedAsync(client.IncrementAsync(key), 1));
                break;
        }

        stage.Load.StartThreads(Write, row.BlockingCallers, () =>
        {
            client.Increment(key);
            Interlocked.Increment(ref _acknowledged);
        });
    }

    private async Task CountedAsync(Task call, int count)
    {
        await call.ConfigureAwait(false);
        Interlocked.Add(ref _acknowledged, count);
    }

    private async Task RaiseAsync(IHandoffClient client, int caller)
    {
        if (await client.RaiseIfUnchangedAsync(CounterKey(caller)).ConfigureAwait(false))
        {
            Interlocked.Increment(ref _acknowledged);
        }
        else
        {
            Interlocked.Increment(ref _aborted);
        }
    }

    private async Task<HandoffResult> ResultAsync(HandoffStage stage, long quiet, long begin, long end, double stall)
    {
        var logs = stage.Load.Logs;
        var before = LoadFigures.Between(logs, quiet, begin, time);
        var during = LoadFigures.Between(logs, begin, end, time);
        if (row.Load == LoadKind.ReadsAndIncrements)
        {
            stage.Note("readsFailed", logs.Where(static log => log.Kind == Read).Sum(static log => log.Failed.Count));
        }

        if (row.Load == LoadKind.Transactions)
        {
            stage.Note("transactionsAborted", _aborted);
            stage.Note("transactionsPerSecond", during.Answered / time.GetElapsedTime(begin, end).TotalSeconds);
        }

        return new HandoffResult(row.Id, kind.Name)
        {
            Answered = during.Answered,
            Failed = during.Failed,
            ExecutedButFailed = await ExecutedAsync().ConfigureAwait(false) - Interlocked.Read(ref _acknowledged),
            LongestGapMs = Rounded(during.LongestGapMs),
            BaselineGapMs = Rounded(before.LongestGapMs),
            P999Ms = Rounded(during.P999Ms),
            BaselineP999Ms = Rounded(before.P999Ms),
            MachineStallMs = Rounded(stall),
            Figures = stage.Figures.ToDictionary(static figure => figure.Key, static figure => Rounded(figure.Value)),
            FirstFailure = logs.SelectMany(static log => log.Failed).OrderBy(static call => call.Ended).Select(static call => Text(call.Cause))
                .FirstOrDefault(),
        };
    }

    // What the server has counted, null where nothing is counted. A command may still be on its way there when its caller has given up.
    private async Task<long?> ExecutedAsync()
    {
        if (row.Load == LoadKind.Reads)
        {
            return null;
        }

        using var direct = await DirectConnection.OpenAsync(server).ConfigureAwait(false);
        var executed = 0L;
        for (var i = 0; i < (row.Load == LoadKind.Transactions ? row.Callers : 1); i++)
        {
            executed += await direct.CountAsync(CounterKey(i)).ConfigureAwait(false);
        }

        return executed;
    }

    private string CounterKey(int index) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{index}");

    private static double Rounded(double number) => Math.Round(number, 1);

    private static string Text(Exception e)
    {
        var text = $"{e.GetType().Name}: {e.Message}";
        return text.Length > LongestText ? text[..LongestText] : text;
    }
}
