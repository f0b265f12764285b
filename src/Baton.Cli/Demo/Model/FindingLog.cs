namespace Baton.Cli.Demo.Model;

/// <summary>What can be wrong with an answer although it is not an error.</summary>
internal enum FindingKind
{
    /// <summary>Something acknowledged is not there (a write, a list element, a message).</summary>
    Lost,

    /// <summary>Something is there twice, or was executed twice, or was never asked for.</summary>
    Duplicated,

    /// <summary>Replies, elements or messages came in another order than promised.</summary>
    OutOfOrder,
}

/// <summary>Where the models report to. Exact totals; the first <see cref="TextsKept"/> texts. Thread-safe.</summary>
internal sealed class FindingLog
{
    /// <summary>How many texts are kept; more are counted only.</summary>
    public const int TextsKept = 50;

    private readonly Lock _lock = new();
    private readonly long[] _totals = new long[3];
    private readonly List<string> _texts = [];

    /// <summary>Things lost.</summary>
    public long Lost => Total(FindingKind.Lost);

    /// <summary>Things doubled.</summary>
    public long Duplicated => Total(FindingKind.Duplicated);

    /// <summary>Things out of order.</summary>
    public long OutOfOrder => Total(FindingKind.OutOfOrder);

    /// <summary>The first findings in words.</summary>
    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (_lock)
            {
                return [.. _texts];
            }
        }
    }

    /// <summary>Adds a finding; a count of 0 or less is none.</summary>
    public void Report(FindingKind kind, long count, string text)
    {
        if (count <= 0)
        {
            return;
        }

        lock (_lock)
        {
            _totals[(int)kind] += count;
            if (_texts.Count < TextsKept)
            {
                _texts.Add($"{kind} x{count}: {text}");
            }
        }
    }

    private long Total(FindingKind kind)
    {
        lock (_lock)
        {
            return _totals[(int)kind];
        }
    }
}
