namespace Baton.Cli.Demo.Model;

/// <summary>
/// What a counter that one connection increments must answer: 1, 2, 3 ... Every acknowledged value exactly once and in order, and at the
/// end the value in the database equal to the number of acknowledgements. Not thread-safe.
/// </summary>
/// <param name="name">The key, for the texts.</param>
/// <param name="log">Where findings go.</param>
internal sealed class CounterModel(string name, FindingLog log)
{
    private readonly SequenceSet _seen = new();
    private long _last;
    private long _acked;
    private long _unknown;
    private long _lost;

    /// <summary>How many increments were acknowledged.</summary>
    public long AckedCount => _acked;

    /// <summary>An INCR answered with this value.</summary>
    public void Acked(long value)
    {
        _acked++;
        if (!_seen.Add(value))
        {
            // The counter gave out the same value twice: one of the two increments is gone.
            _lost++;
            log.Report(FindingKind.Lost, 1, $"{name}: INCR answered {value} a second time");
        }
        else if (value < _last)
        {
            log.Report(FindingKind.OutOfOrder, 1, $"{name}: INCR answered {value} after {_last}");
        }

        _last = Math.Max(_last, value);
    }

    /// <summary>An INCR ended without an answer: it was executed once or not at all.</summary>
    public void Unknown() => _unknown++;

    /// <summary>The value in the database at the end; null when the key is not there.</summary>
    public void Finish(long? value)
    {
        var stored = value ?? 0;
        log.Report(FindingKind.Lost, _acked - stored - _lost, $"{name}: {_acked} increments acknowledged, the counter is at {stored}");

        // Values nobody was told: increments executed without being asked for, unless an answer is unknown.
        var untold = Math.Max(stored - _acked, Math.Max(_last, stored) - _seen.Count);
        log.Report(
            FindingKind.Duplicated, untold - _unknown, $"{name}: {_acked} acknowledged, {_unknown} unknown, the counter is at {stored}");
    }
}
