using Baton.TestKit.Processes;

namespace Baton.TestKit.Load;

/// <summary>Counts what went wrong in a load written in C#. Thread-safe.</summary>
/// <param name="client">Name, version and settings.</param>
public sealed class LoadVerdict(string client)
{
    private const int KeptErrors = 10;
    private const int KeptNotes = 40;
    private readonly Lock _lock = new();
    private readonly List<string> _errors = [];
    private readonly List<string> _notes = [];
    private long _commands;
    private long _failed;
    private long _lost;
    private long _duplicated;
    private long _outOfOrder;
    private long _reconnects;

    /// <summary>A command ended with an error.</summary>
    public void Fail(string where, Exception error) => Record(() => _failed++, $"{where}: {error.GetType().Name}: {error.Message}");

    /// <summary>Something worth knowing should the client fail; nothing is counted.</summary>
    public void Note(string text)
    {
        lock (_lock)
        {
            if (_notes.Count < KeptNotes)
            {
                _notes.Add($"{DateTime.UtcNow:mm:ss.fff} {text}");
            }
        }
    }

    /// <summary>A connection was lost.</summary>
    public void Reconnect(string text) => Record(() => _reconnects++, text);

    /// <summary>
    /// A number that must be exactly <paramref name="expected"/>: a smaller one means that a write was lost, a larger one that something
    /// was executed twice. Returns what to go on with.
    /// </summary>
    public long Next(string where, long expected, long actual)
    {
        lock (_lock)
        {
            _commands++;
        }

        if (actual < expected)
        {
            Record(() => _lost += expected - actual, $"{where}: expected {expected}, got {actual}");
        }
        else if (actual > expected)
        {
            Record(() => _duplicated += actual - expected, $"{where}: expected {expected}, got {actual}");
        }

        return actual;
    }

    /// <summary>The next of a stream 1, 2, 3 … as a subscriber or consumer sees it; returns the highest seen.</summary>
    public long Seen(string where, long last, long actual)
    {
        lock (_lock)
        {
            _commands++;
        }

        if (actual <= last)
        {
            Record(() => _duplicated++, $"{where}: got {actual} after {last}");
        }
        else if (actual > last + 1)
        {
            Record(() => _lost += actual - last - 1, $"{where}: got {actual} after {last}");
        }

        return Math.Max(last, actual);
    }

    /// <summary>A value that must be as it was written.</summary>
    public void Same(string where, string? expected, string? actual)
    {
        lock (_lock)
        {
            _commands++;
        }

        if (expected != actual)
        {
            Record(() => _outOfOrder++, $"{where}: expected {expected ?? "null"}, got {actual ?? "null"}");
        }
    }

    /// <summary>The figures now.</summary>
    public PeerVerdict Close(bool keptItsConnection)
    {
        lock (_lock)
        {
            return new PeerVerdict(
                client, _commands, _failed, _lost, _duplicated, _outOfOrder, _reconnects, keptItsConnection, [], [.. _errors, .. _notes]);
        }
    }

    private void Record(Action count, string text)
    {
        lock (_lock)
        {
            count();
            if (_errors.Count < KeptErrors)
            {
                _errors.Add($"{DateTime.UtcNow:mm:ss.fff} {text}");
            }
        }
    }
}
