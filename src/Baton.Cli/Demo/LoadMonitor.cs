using Baton.Cli.Demo.Load;
using Baton.Cli.Demo.Model;
using Baton.Cli.Demo.Operations;
using Baton.Cli.Demo.View;
using HdrHistogram;

namespace Baton.Cli.Demo;

/// <summary>Takes the load's figures at short intervals, adds the latencies to the current stage, and shows them.</summary>
/// <param name="time">Clock.</param>
/// <param name="statistics">The load's.</param>
/// <param name="findings">The models'.</param>
/// <param name="show">The view.</param>
internal sealed class LoadMonitor(TimeProvider time, LoadStatistics statistics, FindingLog findings, Action<DemoFigures> show)
{
    /// <summary>Between two showings.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly long _began = time.GetTimestamp();
    private readonly Dictionary<string, HistogramBase> _stages = [];
    private readonly List<OperationTotals> _operations = [];
    private OperationProgress? _operation;
    private string _stage = DemoStages.WarmUp;
    private long _lastCommands;
    private TimeSpan _lastAt;

    /// <summary>The operations so far.</summary>
    public IReadOnlyList<OperationTotals> Operations
    {
        get
        {
            lock (_lock)
            {
                return [.. _operations];
            }
        }
    }

    /// <summary>Since the load began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_began);

    /// <summary>What must all be zero.</summary>
    public VerdictCounts Counts => new(
        statistics.Failed, findings.Lost, findings.Duplicated, findings.OutOfOrder, statistics.UnannouncedDisconnects);

    /// <summary>The latencies of a stage.</summary>
    public LatencyFigures? Latency(string stage)
    {
        lock (_lock)
        {
            return _stages.TryGetValue(stage, out var histogram) ? LatencyFigures.From(histogram) : null;
        }
    }

    /// <summary>Everything measured from here on belongs to this stage.</summary>
    public void Enter(string stage)
    {
        Sample();
        lock (_lock)
        {
            _stage = stage;
        }
    }

    /// <summary>An operation goes on, or is over (null).</summary>
    public void Progress(OperationProgress? operation)
    {
        lock (_lock)
        {
            _operation = operation;
        }
    }

    /// <summary>An operation ended.</summary>
    public void Ended(string name, OperationOutcome outcome)
    {
        lock (_lock)
        {
            var totals = _operations.Find(entry => entry.Name == name);
            if (totals is null)
            {
                _operations.Add(totals = new OperationTotals(name));
            }

            totals.Add(outcome);
        }
    }

    /// <summary>Shows until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                show(Sample());
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private DemoFigures Sample()
    {
        lock (_lock)
        {
            var taken = statistics.TakeInterval();
            if (!_stages.TryGetValue(_stage, out var histogram))
            {
                _stages[_stage] = histogram = LoadStatistics.NewHistogram();
            }

            histogram.Add(taken);
            var (commands, elapsed) = (statistics.Commands, Elapsed);
            var rate = (commands - _lastCommands) / Math.Max((elapsed - _lastAt).TotalSeconds, 0.001);
            (_lastCommands, _lastAt) = (commands, elapsed);
            return new DemoFigures
            {
                Stage = _stage,
                Elapsed = elapsed,
                CommandsPerSecond = rate,
                Commands = commands,
                Now = LatencyFigures.From(taken),
                Baseline = _stages.TryGetValue(DemoStages.Baseline, out var quiet) ? LatencyFigures.From(quiet) : null,
                Notifications = statistics.Notifications,
                Operation = _operation,
                Operations = [.. _operations],
                Counts = Counts,
            };
        }
    }
}
