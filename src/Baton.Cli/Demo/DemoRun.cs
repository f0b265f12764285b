using System.Net;
using Baton.Cli.Api;
using Baton.Cli.Demo.Load;
using Baton.Cli.Demo.Model;
using Baton.Cli.Demo.Operations;
using Baton.Cli.Demo.Raw;
using Baton.Cli.Demo.View;

namespace Baton.Cli.Demo;

/// <summary>One run on a cluster that is up: load, quiet time, every operation in turn until the time is over, read-back.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="database">The database.</param>
/// <param name="password">Its password; null = none.</param>
/// <param name="time">Clock.</param>
internal sealed class DemoRun(DemoOptions options, DemoDatabase database, string? password, TimeProvider time)
{
    private static readonly TimeSpan ReadBackLimit = TimeSpan.FromSeconds(60);

    private readonly LoadStatistics _statistics = new();
    private readonly FindingLog _findings = new();

    /// <summary>Runs it.</summary>
    /// <param name="show">The view.</param>
    /// <param name="cancellationToken">Ends it early: the operation under way is not waited for, what ran is reported.</param>
    /// <exception cref="LoadFailedException">The load could not begin.</exception>
    public async Task<DemoReport> RunAsync(Action<DemoFigures> show, CancellationToken cancellationToken)
    {
        var context = new LoadContext
        {
            Time = time,
            Statistics = _statistics,
            Findings = _findings,
            Password = password,
            Resolve = async token => [.. (await BoundAsync(token)).Select(bound => bound.Endpoint)],
        };
        await using var load = new LoadRun(context, options.Seed);
        await load.StartAsync(options.Load, cancellationToken);
        var monitor = new LoadMonitor(time, _statistics, _findings, show);
        using var watching = new CancellationTokenSource();
        var watch = monitor.RunAsync(watching.Token);
        var loaded = await RunStagesAsync(monitor, load, cancellationToken);
        monitor.Enter(DemoStages.ReadBack);
        using var limit = new CancellationTokenSource(ReadBackLimit, time);
        await VerifyAsync(load, limit.Token);
        await watching.CancelAsync();
        await watch;
        return Report(monitor, loaded);
    }

    // A database that cannot be read back is the worst finding of all, and no reason to keep quiet about the others.
    private async Task VerifyAsync(LoadRun load, CancellationToken cancellationToken)
    {
        try
        {
            await load.StopAndVerifyAsync(cancellationToken);
        }
        catch (Exception e) when (e is LoadFailedException or OperationCanceledException)
        {
            _statistics.Fail(_statistics.Row(LoadRun.ReadBack), 1, e.Message);
        }
    }

    // How long the load ran.
    private async Task<TimeSpan> RunStagesAsync(LoadMonitor monitor, LoadRun load, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(DemoOptions.WarmUp, time, cancellationToken);
            monitor.Enter(DemoStages.Baseline);
            await Task.Delay(options.Baseline, time, cancellationToken);
            monitor.Enter(DemoStages.Operations);
            await RunOperationsAsync(monitor, load, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Ended early: the verdict is about what ran.
        }

        return monitor.Elapsed;
    }

    private async Task RunOperationsAsync(LoadMonitor monitor, LoadRun load, CancellationToken cancellationToken)
    {
        var catalog = new OperationCatalog(new Random(options.Seed))
            .All(options.Shards, options.HasReplicas, (_, token) => SpreadAsync(load, token));
        var runner = new OperationRunner(database, time, monitor.Progress);
        for (var i = 0; i < catalog.Count || monitor.Elapsed < options.Length; i++)
        {
            var operation = catalog[i % catalog.Count];
            if (i >= catalog.Count && operation.UnsupportedBecause is not null)
            {
                continue;
            }

            monitor.Ended(operation.Name, await runner.RunAsync(operation, cancellationToken));
        }
    }

    // While several proxies serve the database, every second raw client goes to another one than it is on, so that later operations meet
    // clients everywhere.
    private async Task SpreadAsync(LoadRun load, CancellationToken cancellationToken)
    {
        var bound = await BoundAsync(cancellationToken);
        for (var i = 0; i < load.RawClients.Count; i += 2)
        {
            var (client, endpoint) = (load.RawClients[i], bound[i / 2 % bound.Count].Endpoint);
            try
            {
                await client.MoveToAsync(endpoint, cancellationToken);
            }
            catch (RawConnectionLostException e)
            {
                _statistics.Fail(client.Row, 1, $"{endpoint} is listed as the database's: {e.Message}");
            }
        }
    }

    // A failed call is a lost answer of the demo's stand-in for DNS, not of the database.
    private async Task<IReadOnlyList<(int Node, IPEndPoint Endpoint)>> BoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await database.BoundAsync(cancellationToken);
        }
        catch (ApiException e)
        {
            throw new RawConnectionLostException($"where the database is could not be asked: {e.Message}", e);
        }
    }

    private DemoReport Report(LoadMonitor monitor, TimeSpan loaded)
    {
        var counts = monitor.Counts;
        return new DemoReport
        {
            Engine = options.Engine,
            Nodes = options.Nodes,
            Shards = options.Shards,
            Seconds = Math.Round(loaded.TotalSeconds, 1),
            Seed = options.Seed,
            Passed = counts.AllZero && monitor.Operations.Count > 0
                && monitor.Operations.All(operation => operation.Status is "completed" or "unsupported"),
            Commands = _statistics.Commands,
            Failed = counts.Failed,
            Lost = counts.Lost,
            Duplicated = counts.Duplicated,
            OutOfOrder = counts.OutOfOrder,
            UnannouncedDisconnects = counts.UnannouncedDisconnects,
            Operations = [.. monitor.Operations.Select(DemoReport.OperationRow.From)],
            LatencyMs = monitor.Latency(DemoStages.Operations),
            BaselineLatencyMs = monitor.Latency(DemoStages.Baseline),
            Clients = [.. _statistics.Rows.Select(DemoReport.ClientRow.From)],
            Notifications = _statistics.Notifications,
            Findings = [.. _statistics.FailureTexts, .. _findings.Texts],
            Machine = MachineFacts.Machine(),
            Versions = MachineFacts.Versions(),
        };
    }
}
