namespace Baton.Cli.Demo.Model;

/// <summary>
/// What an optimistic counter (WATCH, GET, MULTI, SET n+1, EXEC) that several connections raise must show: every n+1 that an EXEC confirmed
/// is confirmed once, and at the end the value is the number of confirmations. Thread-safe.
/// </summary>
/// <param name="name">The key, for the texts.</param>
/// <param name="log">Where findings go.</param>
internal sealed class SharedCounterModel(string name, FindingLog log)
{
    private readonly Lock _lock = new();
    private readonly SequenceSet _confirmed = new();
    private long _count;
    private long _unknown;
    private long _lost;

    /// <summary>An EXEC confirmed the SET of this value.</summary>
    public void Confirmed(long value)
    {
        lock (_lock)
        {
            _count++;
            if (!_confirmed.Add(value))
            {
                _lost++;
                log.Report(FindingKind.Lost, 1, $"{name}: lost update, two transactions both set {value}");
            }
        }
    }

    /// <summary>An EXEC ended without an answer.</summary>
    public void Unknown()
    {
        lock (_lock)
        {
            _unknown++;
        }
    }

    /// <summary>The value in the database at the end; null when the key is not there.</summary>
    public void Finish(long? value)
    {
        lock (_lock)
        {
            var stored = value ?? 0;
            log.Report(FindingKind.Lost, _count - _lost - stored, $"{name}: {_count} transactions confirmed, the value is {stored}");
            log.Report(
                FindingKind.Duplicated,
                stored - _count - _unknown,
                $"{name}: {_count} transactions confirmed, {_unknown} unknown, the value is {stored}");
        }
    }
}
